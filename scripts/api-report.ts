/**
 * Compares what the package promises in its declarations with the reports in api/, one per entry point.
 *
 *     npm run api:check     fails where a declaration changed
 *     npm run api:update    writes the reports anew: look at their diff, it is what users get to see
 */
import { Extractor, ExtractorConfig, ExtractorLogLevel } from '@microsoft/api-extractor';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

interface Manifest {
  readonly exports: Readonly<Record<string, string | { readonly types: string }>>;
}

const isUpdate = process.argv.includes('--update');
const { exports } = JSON.parse(readFileSync('package.json', 'utf8')) as Manifest; // ours
const reportTempFolder = mkdtempSync(join(tmpdir(), 'api-report-'));
let failed = false;
try {
  for (const [entry, target] of Object.entries(exports)) {
    if (typeof target !== 'object') continue;
    const reportFileName = entry === '.' ? 'index' : entry.slice('./'.length);
    const config = ExtractorConfig.prepare({
      configObject: {
        projectFolder: resolve('.'),
        mainEntryPointFilePath: resolve(target.types),
        compiler: { tsconfigFilePath: resolve('tsconfig.build.json') },
        apiReport: { enabled: true, reportFileName, reportFolder: resolve('api'), reportTempFolder },
        docModel: { enabled: false },
        dtsRollup: { enabled: false },
        messages: {
          extractorMessageReporting: {
            default: { logLevel: ExtractorLogLevel.Error },
            // All that is exported is public: no tags say so.
            'ae-missing-release-tag': { logLevel: ExtractorLogLevel.None },
            'ae-undocumented': { logLevel: ExtractorLogLevel.None },
            'ae-unresolved-link': { logLevel: ExtractorLogLevel.None },
          },
          // The docstrings are typedoc's to judge.
          tsdocMessageReporting: { default: { logLevel: ExtractorLogLevel.None } },
        },
      },
      configObjectFullPath: undefined,
      packageJsonFullPath: resolve('package.json'),
    });
    const { succeeded, apiReportChanged } = Extractor.invoke(config, {
      localBuild: isUpdate,
      messageCallback(message) {
        // How client.request() is typed by Roblox's own description (5,000 lines), and types that only other types use.
        const isInternal =
          /"(Operations|Schemas|KnownCall|KnownOptions|Left|OAuth2Strategy|TypedOAuth2Strategy|OAuthErrorClass|VerifyFunctions|FoundClient|KNOWN_SCOPES)"/.test(
            message.text,
          );
        if (message.messageId === 'ae-forgotten-export' && isInternal) message.logLevel = ExtractorLogLevel.None;
      },
    });
    if (apiReportChanged && !isUpdate)
      console.error(`${entry}: changed. Run npm run api:update and look at the diff of api/`);
    if (!succeeded) failed = true;
  }
} finally {
  rmSync(reportTempFolder, { recursive: true });
}
if (failed) process.exitCode = 1;
