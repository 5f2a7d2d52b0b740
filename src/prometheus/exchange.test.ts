import { generateKeyPairSync } from "node:crypto";
import { createServer } from "node:https";
import type { AddressInfo } from "node:net";
import forge from "node-forge";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { success, vector } from "../../test/support/prometheus-stub.ts";
import { realClock } from "../runtime/clock.ts";
import { PrometheusClient } from "./client.ts";

/** A self-signed certificate for 127.0.0.1. */
function selfSigned(): { key: string; cert: string } {
  const { privateKey, publicKey } = generateKeyPairSync("rsa", {
    modulusLength: 2_048,
    publicKeyEncoding: { type: "spki", format: "pem" },
    privateKeyEncoding: { type: "pkcs8", format: "pem" },
  });
  const certificate = forge.pki.createCertificate();
  certificate.publicKey = forge.pki.publicKeyFromPem(publicKey);
  certificate.serialNumber = "01";
  certificate.validity.notBefore = new Date(realClock.now() - 3_600_000);
  certificate.validity.notAfter = new Date(realClock.now() + 3_600_000);
  const name = [{ name: "commonName", value: "prometheus" }];
  certificate.setSubject(name);
  certificate.setIssuer(name);
  certificate.setExtensions([
    { name: "basicConstraints", cA: true },
    { name: "subjectAltName", altNames: [{ type: 7, ip: "127.0.0.1" }] },
  ]);
  certificate.sign(forge.pki.privateKeyFromPem(privateKey), forge.md.sha256.create());
  return { key: privateKey, cert: forge.pki.certificateToPem(certificate) };
}

describe("an https endpoint", () => {
  const identity = selfSigned();
  const server = createServer(identity, (request, response) => {
    request.resume().on("end", () => response.end(JSON.stringify(success(vector([{ value: 6 }], 0)))));
  });
  const client = new PrometheusClient({ clock: realClock });
  let url: string;

  beforeAll(async () => {
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    url = `https://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });

  afterAll(async () => {
    await client.close();
    await new Promise((resolve) => server.close(resolve).closeAllConnections());
  });

  it("is trusted by the CA bundle of the endpoint and by nothing else", async () => {
    expect(await client.instant({ url, ca: identity.cert }, "up")).toMatchObject({ ok: true });
    const distrusted = {
      ok: false,
      reason: "Unavailable",
      message: expect.stringContaining("not signed by a CA that"),
    };
    expect(await client.instant({ url }, "up")).toEqual(distrusted);
    expect(await client.instant({ url, ca: selfSigned().cert }, "up")).toMatchObject({ reason: "Unavailable" });
  });

  it("called by plain http is unavailable", async () => {
    const plain = url.replace("https:", "http:");
    expect(await client.instant({ url: plain }, "up")).toMatchObject({ ok: false, reason: "Unavailable" });
  });

  it.each([
    ["a CA bundle that is none", { ca: "not a certificate" }],
    ["a header that cannot be sent", { headers: { authorization: "Bearer t0k3n\n" } }],
    ["a header name that cannot be sent", { headers: { "x y": "t0k3n" } }],
  ])("with %s is unavailable, without showing it", async (_name, extra) => {
    const answer = await client.instant({ url, ...extra }, "up");
    expect(answer).toMatchObject({ ok: false, reason: "Unavailable" });
    expect(JSON.stringify(answer)).not.toContain("t0k3n");
  });
});
