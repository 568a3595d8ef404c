import { defineConfig } from 'eslint/config';
import tseslint from 'typescript-eslint';

export default defineConfig(
  { ignores: ['dist/', 'coverage/', 'reference/', 'screenshots/', 'lib/cloud/openapi.ts'] },
  {
    files: ['**/*.ts'],
    extends: [tseslint.configs.recommendedTypeChecked],
    languageOptions: { parserOptions: { projectService: true } },
    rules: {
      '@typescript-eslint/consistent-type-imports': ['error', { disallowTypeAnnotations: false }],
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
      // How a module's interface is added to.
      '@typescript-eslint/no-empty-object-type': ['error', { allowInterfaces: 'with-single-extends' }],
      '@typescript-eslint/use-unknown-in-catch-callback-variable': 'error',
      'no-control-regex': 'error',
      eqeqeq: ['error', 'always', { null: 'ignore' }],
      // The compiler's noUnusedLocals and noUnusedParameters say the same.
      '@typescript-eslint/no-unused-vars': 'off',
      // An async function without an await is how a throw becomes a rejection.
      '@typescript-eslint/require-await': 'off',
      // What was thrown or handed to a callback is passed on as it came; what an app says is shown as it reads.
      '@typescript-eslint/prefer-promise-reject-errors': 'off',
      '@typescript-eslint/no-base-to-string': 'off',
      // `typeof verify === 'function'` makes a Function of something unknown, and that is all that can be known of it.
      '@typescript-eslint/no-unsafe-call': 'off',
      // Functions are closures here, and the classes of others are called as their documentation says.
      '@typescript-eslint/unbound-method': 'off',
      '@typescript-eslint/no-unsafe-function-type': 'off',
    },
  },
  {
    files: ['lib/**'],
    rules: {
      // Fake timers replace the global functions, and a login would hang: see lib/http/platform.ts.
      'no-restricted-globals': [
        'error',
        ...['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval', 'setImmediate', 'clearImmediate'].map(
          (name) => ({ name, message: 'Import it from lib/http/platform.ts.' }),
        ),
        { name: 'queueMicrotask', message: 'Use runOutsidePromise of lib/http/platform.ts.' },
      ],
      'no-restricted-properties': [
        'error',
        { object: 'process', property: 'nextTick', message: 'Use runOutsidePromise of lib/http/platform.ts.' },
      ],
    },
  },
  {
    files: ['{test,examples,bench,scripts}/**/*.ts'],
    rules: {
      // Answers come as JSON, and chai's assertions are expressions.
      '@typescript-eslint/no-unsafe-argument': 'off',
      '@typescript-eslint/no-unsafe-assignment': 'off',
      '@typescript-eslint/no-unsafe-member-access': 'off',
      '@typescript-eslint/no-unsafe-return': 'off',
      '@typescript-eslint/no-unused-expressions': 'off',
      '@typescript-eslint/only-throw-error': 'off',
      '@typescript-eslint/use-unknown-in-catch-callback-variable': 'off',
      // The rule does not see that `clients[0]?.call()` is a promise.
      '@typescript-eslint/await-thenable': 'off',
      'prefer-rest-params': 'off',
      '@typescript-eslint/restrict-template-expressions': 'off',
      // Express takes async handlers since version 5.
      '@typescript-eslint/no-misused-promises': ['error', { checksVoidReturn: false }],
    },
  },
);
