import { expect } from 'chai';
import { writeTypes } from '../../scripts/generate-openapi-types.ts';

const responses = { '200': { content: { 'application/json': { schema: { $ref: '#/components/schemas/Thing' } } } } };
const here = [{ url: 'https://apis.roblox.com' }];
const elsewhere = [{ url: 'https://thumbnails.roblox.com' }];

describe('the types of Roblox’s operations', () => {
  it('leave out each operation of another host, whichever level names it', async () => {
    const types = await writeTypes({
      servers: here,
      paths: {
        '/document': { get: { responses } },
        '/operation': { get: { responses, servers: elsewhere }, post: { responses } },
        '/path': {
          servers: elsewhere,
          get: { responses },
          post: { responses, servers: [{ url: `${here[0]?.url}/` }] },
        },
      },
      components: { schemas: { Thing: { type: 'object', properties: { id: { type: 'string' } } }, Unused: {} } },
    });
    const written = [...types.matchAll(/^(?:(\w+): \{|'(\/\w+)': )/gm)].map(([, method, path]) => method ?? path);
    expect(written).to.deep.equal(['GET', '/document', 'POST', '/operation', '/path']);
    expect(types).to.include('"Thing"').and.not.include('Unused');
  });
});
