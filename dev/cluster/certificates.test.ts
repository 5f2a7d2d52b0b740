import { createPrivateKey, X509Certificate } from "node:crypto";
import { expect, test } from "vitest";
import { createAuthority, issue } from "./certificates.ts";

test("an issued certificate is signed by its authority, names user and group, and serves its hosts only", async () => {
  const authority = await createAuthority("local");
  const identity = await issue(authority, {
    commonName: "local-admin",
    organization: "system:masters",
    hosts: ["127.0.0.1", "localhost"],
  });
  const ca = new X509Certificate(authority.certificate);
  const certificate = new X509Certificate(identity.certificate);
  expect(ca.ca).toBe(true);
  expect(certificate.ca).toBe(false);
  expect(certificate.verify(ca.publicKey)).toBe(true);
  expect(certificate.checkIssued(ca)).toBe(true);
  expect(certificate.checkPrivateKey(createPrivateKey(identity.privateKey))).toBe(true);
  expect(certificate.subject).toBe("CN=local-admin\nO=system:masters");
  expect(certificate.checkIP("127.0.0.1")).toBe("127.0.0.1");
  expect(certificate.checkHost("localhost")).toBe("localhost");
  expect(certificate.checkHost("example.com")).toBeUndefined();
});

test("a certificate without hosts is for clients only", async () => {
  const identity = await issue(await createAuthority("local"), { commonName: "system:kwok" });
  expect(new X509Certificate(identity.certificate).keyUsage).toEqual(["1.3.6.1.5.5.7.3.2"]);
});
