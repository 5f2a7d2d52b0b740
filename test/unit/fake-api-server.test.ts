import { afterEach, beforeEach, describe, expect, it } from "vitest";

import { createClient, type Client } from "../../src/kube/client.ts";
import { configMaps, deployments, leases, type ConfigMap, type Deployment } from "../../src/kube/resource.ts";
import { createTransport, type Transport } from "../../src/kube/transport.ts";
import { FakeApiServer } from "../support/fake-api-server.ts";
import { FakeClock } from "../support/fake-clock.ts";

const ref = { namespace: "a", name: "one" };
const deployment = (spec: object, status?: object): Deployment =>
  ({ metadata: ref, spec, ...(status && { status }) }) as Deployment;
const configMap = (name: string): ConfigMap => ({ metadata: { namespace: "a", name } });

interface Page {
  items: ConfigMap[];
  metadata: { resourceVersion: string; continue?: string };
}

async function page(transport: Transport, token?: string): Promise<Page> {
  const query = { limit: "2", continue: token };
  const request = { method: "GET" as const, path: "/api/v1/configmaps", query, doing: "list configmaps" };
  return (await transport.request(request)) as Page;
}

/** That the fake behaves as the real one where tests lean on it. */
describe("the fake API server", () => {
  let server: FakeApiServer;
  let transport: Transport;
  let client: Client;

  beforeEach(async () => {
    server = await FakeApiServer.start({ resources: [configMaps, deployments, leases] });
    transport = createTransport({ config: server.config, clock: new FakeClock() });
    client = createClient(transport);
  });

  afterEach(async () => {
    await transport.close();
    await server.close();
  });

  it("gives a new object a uid, a version and its first generation, and leaves its status out", async () => {
    const created = await client.create(deployments, deployment({ replicas: 1 }, { replicas: 9 }));
    expect(created).toMatchObject({ apiVersion: "apps/v1", kind: "Deployment", metadata: { generation: 1 } });
    expect(created.metadata.uid).toMatch(/^uid-/);
    expect(created.status).toBeUndefined();
    expect(await client.get(deployments, ref)).toEqual(created);
    await expect(client.create(deployments, deployment({}))).rejects.toMatchObject({ reason: "AlreadyExists" });
  });

  it("counts generations by the spec alone, and keeps spec and status apart", async () => {
    await client.create(deployments, deployment({ replicas: 1 }));
    const body = { spec: { replicas: 2 }, status: { replicas: 2 } };
    const main = await client.patch(deployments, ref, body);
    expect(main).toMatchObject({ metadata: { generation: 2 }, spec: { replicas: 2 } });
    expect(main.status).toBeUndefined();
    const other = { spec: { replicas: 3 }, status: { replicas: 3 } };
    const status = await client.patch(deployments, ref, other, { subresource: "status" });
    expect(status).toMatchObject({ metadata: { generation: 2 }, spec: { replicas: 2 }, status: { replicas: 3 } });
  });

  it("changes no version when a write changes nothing", async () => {
    const created = await client.create(deployments, deployment({ replicas: 1 }));
    const again = await client.patch(deployments, ref, { spec: { replicas: 1 } });
    expect(again.metadata.resourceVersion).toBe(created.metadata.resourceVersion);
  });

  it("takes a Lease from the one who was faster only", async () => {
    const lease = await client.create(leases, { metadata: ref, spec: { holderIdentity: "a" } });
    const held = await client.replace(leases, { ...lease, spec: { holderIdentity: "b" } });
    expect(held.spec?.holderIdentity).toBe("b");
    const late = client.replace(leases, { ...lease, spec: { holderIdentity: "c" } });
    await expect(late).rejects.toMatchObject({ status: 409, reason: "Conflict" });
  });

  it("deletes only what the preconditions name, and what has finalizers when they are gone", async () => {
    const { uid = "" } = (await client.create(configMaps, configMap("one"))).metadata;
    await expect(client.delete(configMaps, ref, { uid: "another" })).rejects.toMatchObject({ reason: "Conflict" });
    await client.patch(configMaps, ref, { metadata: { finalizers: ["invoiceops.dev/floor"] } });
    await client.delete(configMaps, ref, { uid });
    expect((await client.get(configMaps, ref)).metadata.deletionTimestamp).toBeDefined();
    await client.patch(configMaps, ref, { metadata: { finalizers: null } });
    await expect(client.get(configMaps, ref)).rejects.toMatchObject({ reason: "NotFound" });
  });

  it("lists in pages of one state, until it forgets that state", async () => {
    for (const name of ["a", "b", "c"]) await client.create(configMaps, configMap(name));
    const first = await page(transport);
    await client.delete(configMaps, { namespace: "a", name: "c" });
    const second = await page(transport, first.metadata.continue);
    expect([...first.items, ...second.items].map(({ metadata }) => metadata.name)).toEqual(["a", "b", "c"]);
    expect(second.metadata).toEqual({ resourceVersion: first.metadata.resourceVersion });
    server.compact();
    await expect(page(transport, first.metadata.continue)).rejects.toMatchObject({ status: 410, reason: "Expired" });
  });

  it("knows no kind that it was not given", async () => {
    const request = { method: "GET" as const, path: "/api/v1/pods", doing: "list pods" };
    await expect(transport.request(request)).rejects.toMatchObject({ status: 404 });
  });
});
