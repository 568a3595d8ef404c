const statuses = {
  INVALID_ARGUMENT: 400,
  PERMISSION_DENIED: 403,
  NOT_FOUND: 404,
  RESOURCE_EXHAUSTED: 429,
} as const;

/**
 * A refusal in the shape of Open Cloud v2: `{ code, message }`.
 * @see https://create.roblox.com/docs/cloud/reference/errors
 */
export class CloudRefusal extends Error {
  readonly code: keyof typeof statuses;
  readonly status: number;

  constructor(code: keyof typeof statuses, message: string) {
    super(message);
    this.code = code;
    this.status = statuses[code];
  }
}

/** The refusal of a call that needs a scope which was not granted. */
export function missingScope(scope: string): CloudRefusal {
  return new CloudRefusal('PERMISSION_DENIED', `The access token does not have the required scope: ${scope}`);
}
