import { expect } from 'chai';

import {
  CloudRefusal,
  createPathReader,
  parseForm,
  readJSONBody,
  readText,
} from '../../../lib/emulator/cloud/request.ts';
import { withEmulator } from '../support.ts';

describe('A request to the emulated Open Cloud', () => {
  it('has parameters in its path, which match a template as a whole', () => {
    const read = createPathReader('/v2/users/{user_id}/items/{item_id}:take');
    expect(read('/v2/users/1/items/a%20b:take')).to.deep.equal({ user_id: '1', item_id: 'a b' });
    expect(read('/v2/users/1/items/%zz:take')).to.deep.equal({ user_id: '1', item_id: '%zz' });
    for (const path of [
      '/v2/users/1/items/2',
      '/v2/users//items/2:take',
      '/v2/users/1/2/items/3:take',
      '/V2/users/1/items/2:take',
    ]) {
      expect(read(path), path).to.equal(undefined);
    }
  });

  it('has a JSON object as its body', () => {
    const read = (body: string, contentType = 'application/json; charset=utf-8') =>
      readJSONBody({ body: Buffer.from(body), contentType });
    expect(read('{"a":1}')).to.deep.equal({ a: 1 });
    for (const body of ['', '{', '[]', 'null', '7']) expect(() => read(body), body).to.throw(CloudRefusal);
    expect(() => read('{}', 'text/plain')).to.throw('The Content-Type header must be application/json.');
  });

  it('has texts of a limited length', () => {
    expect(readText('abc', 'topic', 3)).to.equal('abc');
    expect(readText('', 'message', 3, 0)).to.equal('');
    for (const value of ['', 'abcd', 7, undefined]) {
      expect(() => readText(value, 'topic', 3)).to.throw('topic must be a string of 1 to 3 characters.');
    }
  });

  it('may be a form, which is refused when it is broken', async () => {
    const outcome = await parseForm(Buffer.from('--x\r\n'), 'multipart/form-data; boundary=x').catch(
      (error: unknown) => error,
    );
    expect(outcome).to.be.instanceOf(CloudRefusal).and.have.property('status', 400);
  });

  describe('may start an operation, which', () => {
    const start = '/cloud/v2/users/4100000001:generateThumbnail';

    it('is not done for as many polls as the knob says, the first one included', async () => {
      await withEmulator({ thumbnailPolls: 3 }, async ({ get, token }) => {
        const bearer = await token();
        const { json } = await get(start, bearer);
        const done: unknown[] = [json['done']];
        for (let time = 0; time < 3; time += 1) {
          done.push((await get(`/cloud/v2/${String(json['path'])}`, bearer)).json['done']);
        }
        expect(done).to.deep.equal([false, false, false, true]);
      });
    });

    it('ends in the same way whenever it is polled again', async () => {
      await withEmulator({ thumbnailPolls: 0 }, async ({ get, token }) => {
        const bearer = await token();
        const { json } = await get(start, bearer);
        expect(json['done']).to.equal(true);
        expect((await get(`/cloud/v2/${String(json['path'])}`, bearer)).json).to.deep.equal(json);
      });
    });

    it('is not found under another user, nor after a reset', async () => {
      await withEmulator({}, async ({ roblox, get, token }) => {
        const bearer = await token();
        const path = String((await get(start, bearer)).json['path']);
        expect((await get(`/cloud/v2/${path.replace('4100000001', '4100000002')}`, bearer)).status).to.equal(404);
        expect((await get(`/cloud/v2/${path}`, bearer)).status).to.equal(200);
        roblox.reset();
        expect((await get(`/cloud/v2/${path}`, bearer)).status).to.equal(404);
      });
    });
  });
});
