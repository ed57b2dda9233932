// An authorization server for SMART Backend Services: oidc-provider (npm, MIT) with private_key_jwt, RS384 and ES384.
//   node authorization.mjs --home DIR_WITH_NODE_MODULES --port PORT --clients FILE --audience AUDIENCE
// FILE: {"client id": {"jwks": {"keys": [...]}, "scope": "system/..."}}. GET /grants tells what was asked and granted.
import fs from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';

const options = Object.fromEntries(['home', 'port', 'clients', 'audience'].map((name) => [name, { type: 'string' }]));
const { values: opt } = parseArgs({ options });
const home = path.resolve(opt.home, 'node_modules', 'oidc-provider');
const { main, exports } = JSON.parse(fs.readFileSync(path.join(home, 'package.json')));
const entry = main ?? exports['.']?.default ?? exports.default ?? exports;
const { default: Provider } = await import(pathToFileURL(path.join(home, entry)));

const clients = JSON.parse(fs.readFileSync(opt.clients));
const scopes = [...new Set(Object.values(clients).flatMap((client) => client.scope.split(' ')))];
const issuer = `http://127.0.0.1:${opt.port}`;
const grants = [];
const provider = new Provider(issuer, {
  clients: Object.entries(clients).map(([client_id, { jwks, scope }]) => ({
    client_id, jwks, scope, grant_types: ['client_credentials'], redirect_uris: [], response_types: [],
    token_endpoint_auth_method: 'private_key_jwt',
  })),
  clientAuthMethods: ['private_key_jwt'],
  enabledJWA: { clientAuthSigningAlgValues: ['RS384', 'ES384'] },
  scopes,
  features: {
    clientCredentials: { enabled: true },
    devInteractions: { enabled: false },
    resourceIndicators: {
      enabled: true,
      defaultResource: () => 'urn:groupbill:tests',
      useGrantedResource: () => true,
      getResourceServerInfo: () => ({
        scope: scopes.join(' '), audience: opt.audience, accessTokenTTL: 300, accessTokenFormat: 'jwt', jwt: { sign: { alg: 'RS256' } },
      }),
    },
  },
});
provider.on('grant.success', (ctx) => grants.push({ client: ctx.oidc.client.clientId, scope: ctx.body.scope }));
provider.on('grant.error', (ctx, error) => grants.push({ error: error.message }));
provider.use(async (ctx, next) => {
  if (ctx.path === '/grants') ctx.body = grants;
  else if (ctx.path === '/metadata') ctx.body = {}; // what the tests wait for
  else await next();
});
provider.listen(Number(opt.port), '127.0.0.1');
for (const signal of ['SIGTERM', 'SIGINT']) process.on(signal, () => process.exit(0));
