import { beforeAll, describe, expect, test } from "vitest";
import { invoiceServices } from "../../../src/operator/kinds.ts";
import type { ClusterAccess } from "../../../dev/cluster/access.ts";
import { adminClient } from "../../support/admin-client.ts";
import { invoiceService } from "../../support/billing.ts";
import { useCluster } from "../../support/cluster.ts";
import { command, standingAt, type Ran } from "../../support/command.ts";
import { installCrds } from "../../support/crds.ts";

/** The verbs that ask something of one InvoiceService by an annotation, on the real API server. */

const NOW = "2027-01-12T08:00:00Z";

let cluster: ClusterAccess;
let client: ReturnType<typeof adminClient>;

beforeAll(async () => {
  cluster = await useCluster();
  await installCrds(cluster);
  client = adminClient(cluster);
  return () => client.transport.close();
});

async function namespaceWith(...names: string[]): Promise<string> {
  const namespace = await cluster.createNamespace("cli");
  for (const name of names) {
    const service = invoiceService({ name });
    await client.create(invoiceServices, { ...service, metadata: { ...service.metadata, namespace } });
  }
  return namespace;
}

const run = (...args: string[]): Promise<Ran> =>
  command(args, { kubeconfig: cluster.adminKubeconfig, clock: standingAt(NOW) });

const annotationsOf = async (namespace: string, name: string): Promise<unknown> =>
  (await client.get(invoiceServices, { namespace, name })).metadata.annotations;

describe("kubectl invoiceops", () => {
  test("pause freezes until a moment, the same again changes nothing, resume ends it", async () => {
    const namespace = await namespaceWith("vat");
    for (let times = 0; times < 2; times += 1) {
      const { code, out } = await run("pause", "vat", "--for", "2h", "-n", namespace);
      expect([code, out]).toEqual([0, "vat is paused until 2027-01-12T10:00:00Z\n"]);
      expect(await annotationsOf(namespace, "vat")).toEqual({ "invoiceops.dev/paused": "2027-01-12T10:00:00Z" });
    }
    for (let times = 0; times < 2; times += 1) {
      expect(await run("resume", "vat", "-n", namespace)).toMatchObject({ code: 0, out: "vat is not paused\n" });
      expect(await annotationsOf(namespace, "vat")).toBeUndefined();
    }
  });

  test("prewarm and refresh write what the operator reads", async () => {
    const namespace = await namespaceWith("vat");
    expect(await run("prewarm", "vat", "--replicas", "12", "--for", "90m", "-n", namespace)).toMatchObject({
      code: 0,
      out: "vat has a floor of 12 replicas until 2027-01-12T09:30:00Z\n",
    });
    expect(await run("refresh", "vat", "-n", namespace)).toMatchObject({ code: 0 });
    expect(await annotationsOf(namespace, "vat")).toEqual({
      "invoiceops.dev/prewarm": "12 until 2027-01-12T09:30:00Z",
      "invoiceops.dev/refresh": "2027-01-12T08:00:00.000Z",
    });
  });

  test("a name that nobody has: those that come near are told", async () => {
    const namespace = await namespaceWith("vat-issuing", "payroll");
    const { code, out, warned } = await run("resume", "vat-isuing", "-n", namespace);
    expect([code, out]).toEqual([2, ""]);
    expect(warned).toBe(
      `there is no InvoiceService vat-isuing in the namespace ${namespace}; did you mean vat-issuing?\n`,
    );
  });

  test.each<[string[], RegExp]>([
    [["pause", "vat"], /^--for is missing: say how long, for example --for 2h\n/],
    [["pause", "vat", "--for", "soon"], /^--for: .*soon/],
    [["pause", "vat", "--for", "0s"], /^--for is "0s": give a duration longer than zero/],
    [["pause", "--for", "2h"], /^the name of an InvoiceService is missing\n/],
    [["resume", "vat", "tax"], /^one InvoiceService at a time: tax is too much\n/],
    [["prewarm", "vat", "--for", "2h"], /^--replicas is missing/],
    [["prewarm", "vat", "--replicas", "0", "--for", "2h"], /^--replicas is "0": give a whole number from 1 to 100000/],
    [["prewarm", "vat", "--replicas", "many", "--for", "2h"], /^--replicas is "many"/],
    [["prewarm", "vat", "--replicas", "3"], /^--for is missing/],
    [["resume", "vat", "--fro"], /^there is no flag --fro\nkubectl invoiceops resume --help shows how it is used\n/],
    [["resme", "vat"], /^there is no verb "resme"; did you mean resume\?/],
  ])("%j is refused in words, with code 2", async (args, message) => {
    const { code, warned } = await run(...args);
    expect(code).toBe(2);
    expect(warned).toMatch(message);
  });
});
