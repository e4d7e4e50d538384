import { Deployment } from 'kubernetes-models/apps/v1/Deployment';
import { Ingress } from 'kubernetes-models/networking.k8s.io/v1/Ingress';
import { PodDisruptionBudget } from 'kubernetes-models/policy/v1/PodDisruptionBudget';
import { ConfigMap } from 'kubernetes-models/v1/ConfigMap';
import { Secret } from 'kubernetes-models/v1/Secret';
import { Service } from 'kubernetes-models/v1/Service';
import { beforeAll, expect, test } from 'vitest';
import { LAST_UPLOADS, LAST_WORDS, NOTICE } from '../../src/cli/serve.ts';
import { VARIABLES } from '../../src/config/variables.ts';
import { at, documentsIn, manifests, textOf } from '../support/deployment.ts';

const MODELS = { ConfigMap, Deployment, Ingress, PodDisruptionBudget, Secret, Service };
type Kind = keyof typeof MODELS;
const isKind = (kind: unknown): kind is Kind => typeof kind === 'string' && kind in MODELS;

let objects: unknown[];
beforeAll(async () => {
  objects = (await manifests()).flatMap(documentsIn);
});
const the = (kind: Kind) => objects.find((each) => at(each, 'kind') === kind);

/** Throws what is wrong with it, as Kubernetes' own schema has it. */
function validate(object: unknown): void {
  const kind = at(object, 'kind');
  if (!isKind(kind)) throw new Error(`no such kind: ${kind}`);
  const model = new MODELS[kind](Object(object));
  expect(at(object, 'apiVersion')).toBe(model.apiVersion);
  model.validate();
}

test('every file is what Kubernetes takes', () => {
  expect(objects.map((each) => at(each, 'kind')).sort()).toEqual(Object.keys(MODELS));
  for (const each of objects) validate(each);
  const broken = structuredClone(Object(the('Deployment')));
  broken.spec.template.spec.containers[0].ports[0].containerPort = 'http';
  expect(() => validate(broken)).toThrow(/containerPort/);
});

test('all of them speak of the same pods, by the same names', () => {
  const labels = at(the('Deployment'), 'spec', 'template', 'metadata', 'labels');
  expect(at(the('Deployment'), 'spec', 'selector', 'matchLabels')).toEqual(labels);
  expect(at(the('PodDisruptionBudget'), 'spec', 'selector', 'matchLabels')).toEqual(labels);
  expect(at(the('Service'), 'spec', 'selector')).toEqual(labels);
  const [backend] = [at(the('Ingress'), 'spec', 'rules', 0, 'http', 'paths', 0, 'backend', 'service')];
  expect(at(backend, 'name')).toBe(at(the('Service'), 'metadata', 'name'));
  expect(at(backend, 'port', 'name')).toBe(at(the('Service'), 'spec', 'ports', 0, 'name'));
  const sources = Object(at(container(), 'envFrom'));
  expect(at(sources, 0, 'configMapRef', 'name')).toBe(at(the('ConfigMap'), 'metadata', 'name'));
  expect(at(sources, 1, 'secretRef', 'name')).toBe(at(the('Secret'), 'metadata', 'name'));
});

const container = () => at(the('Deployment'), 'spec', 'template', 'spec', 'containers', 0);

test('it is two, on the port of the image, asked where Docket answers', () => {
  expect(at(the('Deployment'), 'spec', 'replicas')).toBe(2);
  expect(String(at(container(), 'ports', 0, 'containerPort'))).toBe(VARIABLES.port.default);
  expect(at(the('Service'), 'spec', 'ports', 0, 'targetPort')).toBe(at(container(), 'ports', 0, 'name'));
  const asked = ['startupProbe', 'livenessProbe', 'readinessProbe'].map((probe) =>
    at(container(), probe, 'httpGet', 'path'),
  );
  expect(asked).toEqual(['/livez', '/livez', '/readyz']);
  expect(at(container(), 'volumeMounts', 0, 'mountPath')).toBe('/data');
  expect(textOf('Dockerfile')).toContain('DOCKET_DATA_DIR=/data');
});

test('it waits for what is under way when it stops one', () => {
  const patience =
    Number(at(the('Deployment'), 'spec', 'template', 'spec', 'terminationGracePeriodSeconds')) * 1000;
  expect(patience).toBeGreaterThan(NOTICE + 2 * (LAST_UPLOADS + LAST_WORDS));
});

test('no secret has a value', () => {
  expect(Object.values(Object(at(the('Secret'), 'stringData'))).join('')).toBe('');
});
