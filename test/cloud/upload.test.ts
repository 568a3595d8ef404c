import { createReadStream } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { expect } from 'chai';
import { readUpload } from '../../lib/cloud/upload.ts';
import { catchError } from '../support/thrown.ts';

const BYTES = new Uint8Array([1, 2, 3, 250]);
const read = (file: unknown, change: { assetType?: string; contentType?: unknown; signal?: AbortSignal } = {}) =>
  readUpload({ assetType: 'Decal', contentType: 'image/png', signal: undefined, file, ...change } as never);

async function* pieces() {
  yield BYTES.subarray(0, 2);
  yield BYTES.subarray(2);
}

describe('a file to upload', () => {
  let folder: string;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'upload-'));
    await writeFile(join(folder, 'decal.PNG'), BYTES);
  });
  after(() => rm(folder, { recursive: true }));

  const files: [string, () => unknown][] = [
    ['a Buffer', () => Buffer.from(BYTES)],
    ['a part of a larger buffer', () => new Uint8Array([9, ...BYTES, 9]).subarray(1, 5)],
    ['an ArrayBuffer', () => BYTES.slice().buffer],
    ['a Blob', () => new Blob([BYTES])],
    ['a File', () => new File([BYTES], 'decal.png')],
    ['a Blob of another library', () => ({ type: '', arrayBuffer: async () => BYTES.slice().buffer })],
    ['a Node stream', () => Readable.from(pieces())],
    ['a web stream', () => new Blob([BYTES]).stream()],
    ['a stream of a file', () => createReadStream(join(folder, 'decal.PNG'))],
    ['anything that gives bytes', pieces],
  ];
  for (const [name, file] of files) {
    it(`may be ${name}`, async () => {
      const { content, name: fileName } = await read(file());
      expect(new Uint8Array(await content.arrayBuffer())).to.deep.equal(BYTES);
      expect([content.type, fileName]).to.deep.equal(['image/png', 'file.png']);
    });
  }

  it('keeps its bytes, even if a stream reuses its buffer', async () => {
    const shared = new Uint8Array(1);
    async function* reuse() {
      for (const byte of BYTES) {
        shared[0] = byte;
        yield shared;
      }
    }
    const { content } = await read(reuse());
    expect(new Uint8Array(await content.arrayBuffer())).to.deep.equal(BYTES);
  });

  const types: [string, unknown, { assetType: string; contentType?: string }, string][] = [
    ['that is given', BYTES, { assetType: 'Model', contentType: 'model/fbx' }, 'model/fbx'],
    ['of a Blob', new Blob([BYTES], { type: 'audio/ogg' }), { assetType: 'Audio' }, 'audio/ogg'],
    ['that follows from the name of a File', new File([BYTES], 'a.b.JPG'), { assetType: 'Image' }, 'image/jpeg'],
    [
      'that follows from the path of a stream',
      Object.assign(pieces(), { path: '/x/y.glb' }),
      { assetType: 'Model' },
      'model/gltf-binary',
    ],
    ['that is the only one', BYTES, { assetType: 'Animation' }, 'model/x-rbxm'],
    ['of an asset type that is new at Roblox', BYTES, { assetType: 'Hologram', contentType: 'x/holo' }, 'x/holo'],
  ];
  for (const [name, file, options, type] of types) {
    it(`has the type ${name}`, async () => {
      const { content } = await read(file, { contentType: undefined, ...options });
      expect(content.type).to.equal(type);
    });
  }

  const refused: [string, unknown, { assetType?: string; contentType?: unknown }, RegExp][] = [
    ['nothing', undefined, {}, /^file must be bytes/],
    ['a path', '/tmp/decal.png', {}, /^file must be bytes.*createReadStream/],
    ['null', null, {}, /^file/],
    ['a plain object', {}, {}, /^file/],
    ['nothing in it', new Uint8Array(0), {}, /^file must not be empty/],
    ['a stream with nothing in it', Readable.from([]), {}, /^file must not be empty/],
    ['a stream of objects', Readable.from([{}]), {}, /^file must be a stream of bytes/],
    ['20 MB and a byte', new Uint8Array(20 * 1024 * 1024 + 1), {}, /^file must have at most 20 MB/],
    ['no type', BYTES, { contentType: undefined }, /^contentType for assetType 'Decal' must be one of image\/png,/],
    ['a type that the asset does not take', BYTES, { contentType: 'audio/ogg' }, /^contentType.*image\/png/],
    ['a type that is none', BYTES, { contentType: 'png' }, /^contentType/],
    ['a type with a line break', BYTES, { assetType: 'New', contentType: 'a/b\r\nx: y' }, /^contentType/],
    ['no type, for an asset type that is new', BYTES, { assetType: 'New', contentType: undefined }, /^contentType/],
    ['a type from a method of every object', BYTES, { assetType: 'toString', contentType: undefined }, /^contentType/],
  ];
  for (const [name, file, options, message] of refused) {
    it(`is refused when it is or has ${name}`, async () => {
      const error = await catchError(read(file, options));
      expect(error).to.be.instanceOf(TypeError).with.property('message').that.matches(message);
    });
  }

  it('is not read to its end when it is too large, and its stream is closed', async () => {
    let given = 0;
    const stream = new Readable({
      read() {
        given += 1;
        this.push(Buffer.alloc(1024 * 1024));
      },
    });
    expect(await catchError(read(stream))).to.be.instanceOf(TypeError);
    expect(stream.destroyed).to.equal(true);
    expect(given).to.be.lessThan(30);
  });

  it('is not read to its end when the signal aborts, and its stream is closed', async () => {
    const controller = new AbortController();
    const stream = new Readable({ read() {} });
    const reading = read(stream, { signal: controller.signal });
    controller.abort(new Error('enough'));
    expect(await catchError(reading)).to.have.property('message', 'enough');
    expect(stream.destroyed).to.equal(true);
  });

  it('that cannot be read throws the error of its stream', async () => {
    const error = await catchError(read(createReadStream(join(folder, 'missing.png'))));
    expect(error).to.have.property('code', 'ENOENT');
  });
});
