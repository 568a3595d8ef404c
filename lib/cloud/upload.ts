import { refuse } from '../errors.ts';
import { waitFor } from '../http/abort.ts';
import { readRaw } from './read.ts';

/** A file to upload: bytes, a Blob, or a stream of bytes (Node's or the web's). */
export type UploadFile = Uint8Array | ArrayBuffer | Blob | AsyncIterable<Uint8Array | string>;

/** What the constructor of Blob accepts. */
type Part = Blob | ArrayBuffer | Uint8Array<ArrayBuffer>;

/** Roblox's limit for a file. @see https://create.roblox.com/docs/cloud/guides/usage-assets */
const MAX_FILE_BYTES = 20 * 1024 * 1024;

const MODEL = { rbxm: 'model/x-rbxm', rbxmx: 'model/x-rbxm' };
const IMAGE = { png: 'image/png', jpeg: 'image/jpeg', jpg: 'image/jpeg', bmp: 'image/bmp', tga: 'image/tga' };

/**
 * The content types that Roblox documents for each type of asset, by file extension.
 * @see https://create.roblox.com/docs/cloud/guides/usage-assets#supported-asset-types-and-limits
 */
const CONTENT_TYPES: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  Animation: MODEL,
  Audio: { mp3: 'audio/mpeg', ogg: 'audio/ogg', wav: 'audio/wav', flac: 'audio/flac' },
  Decal: IMAGE,
  Image: IMAGE,
  Mesh: { mesh: 'model/x-file-mesh-data' },
  Model: { fbx: 'model/fbx', gltf: 'model/gltf+json', glb: 'model/gltf-binary', ...MODEL },
  Video: { mp4: 'video/mp4', mov: 'video/mov' },
};

/**
 * Reads a file into memory, so that it can be sent again, and finds its content type.
 * @throws {TypeError} not a file, empty, too large, or of a content type that the asset does not accept
 * @throws the error of a stream, or the signal's reason
 */
export async function readUpload(options: {
  readonly file: unknown;
  readonly assetType: string;
  readonly contentType: string | undefined;
  readonly signal: AbortSignal | undefined;
}): Promise<{ readonly content: Blob; readonly name: string }> {
  const { file, assetType, contentType, signal } = options;
  const type = findContentType(file, assetType, contentType);
  const content = new Blob(await readParts(file, signal), { type });
  if (content.size === 0) throw new TypeError('file must not be empty');
  if (content.size > MAX_FILE_BYTES) throw createSizeError();
  const extension = Object.entries(CONTENT_TYPES[assetType] ?? {}).find(([, known]) => known === type)?.[0];
  return { content, name: `file.${extension ?? 'bin'}` };
}

function createSizeError(): TypeError {
  return new TypeError("file must have at most 20 MB (20 × 1024 × 1024 bytes), Roblox's limit");
}

function findContentType(file: unknown, assetType: string, given: unknown): string {
  const known = Object.hasOwn(CONTENT_TYPES, assetType) ? CONTENT_TYPES[assetType] : undefined;
  const all = known === undefined ? [] : [...new Set(Object.values(known))];
  // A Blob has a type, a File also a name, a stream of a file its path.
  const { type, name, path } = readRaw(file);
  const extension = /\.(\w+)$/.exec(String(name ?? path ?? ''))?.[1]?.toLowerCase() ?? '';
  const found = given ?? (type || undefined) ?? known?.[extension] ?? (all.length === 1 ? all[0] : undefined);
  const isType = typeof found === 'string' && /^[\w.+-]+\/[\w.+-]+$/.test(found);
  if (!isType || (known !== undefined && !all.includes(found))) {
    const expected = known === undefined ? "the type of the file, such as 'image/png'" : `one of ${all.join(', ')}`;
    refuse(`contentType for assetType '${assetType}'`, found, expected);
  }
  return found;
}

async function readParts(file: unknown, signal: AbortSignal | undefined): Promise<Part[]> {
  if (file instanceof Blob || file instanceof ArrayBuffer || ArrayBuffer.isView(file)) return [file as Part];
  // A Blob from another realm or library.
  if (typeof readRaw(file)['arrayBuffer'] === 'function') {
    return [await waitFor((file as Pick<Blob, 'arrayBuffer'>).arrayBuffer(), signal)];
  }
  if (Symbol.asyncIterator in readRaw(file)) return readStream(file as AsyncIterable<unknown>, signal);
  refuse('file', file, 'bytes, a Blob or a stream. For a path, give fs.createReadStream(path)');
}

async function readStream(stream: AsyncIterable<unknown>, signal: AbortSignal | undefined): Promise<Part[]> {
  const iterator = stream[Symbol.asyncIterator]();
  const parts: Part[] = [];
  let size = 0;
  let isDone = false;
  try {
    for (;;) {
      const step = await waitFor<IteratorResult<unknown, unknown>>(iterator.next(), signal);
      if (step.done === true) {
        isDone = true;
        return parts;
      }
      const part = typeof step.value === 'string' ? Buffer.from(step.value) : step.value;
      if (!ArrayBuffer.isView(part)) refuse('file', part, 'a stream of bytes');
      size += part.byteLength;
      if (size > MAX_FILE_BYTES) throw createSizeError();
      // A copy: a stream may reuse its buffer.
      parts.push(new Blob([part as Uint8Array<ArrayBuffer>]));
    }
  } finally {
    // `destroy` ends a stream of Node at once. `return` ends any other stream after its next part.
    const { destroy } = readRaw(stream);
    if (typeof destroy === 'function') destroy.call(stream);
    else if (!isDone) void iterator.return?.().catch(() => {});
  }
}
