import { generateKeyPair, randomBytes, type RSAKeyPairOptions } from "node:crypto";
import { isIP } from "node:net";
import { promisify } from "node:util";
import forge from "node-forge";

/** PEM texts. */
export interface KeyPair {
  publicKey: string;
  privateKey: string;
}

/** A certificate with its private key, both PEM. */
export interface Identity {
  certificate: string;
  privateKey: string;
}

export interface Subject {
  /** The user name, for the API server. */
  commonName: string;
  /** The group, for the API server. */
  organization?: string;
  /** Names and addresses for which a server may use it. */
  hosts?: readonly string[];
}

const VALID_DAYS = 365;
const DAY_MS = 86_400_000;

const rsa: RSAKeyPairOptions<"pem", "pem"> = {
  modulusLength: 2048,
  publicKeyEncoding: { type: "spki", format: "pem" },
  privateKeyEncoding: { type: "pkcs8", format: "pem" },
};

export function createKeyPair(): Promise<KeyPair> {
  return promisify(generateKeyPair)("rsa", rsa);
}

/** A certificate authority of one cluster's own, self-signed. */
export async function createAuthority(commonName: string): Promise<Identity> {
  const keys = await createKeyPair();
  return sign({ commonName }, keys, undefined, [
    { name: "basicConstraints", cA: true, critical: true },
    { name: "keyUsage", keyCertSign: true, cRLSign: true, digitalSignature: true, critical: true },
    { name: "subjectKeyIdentifier" },
  ]);
}

/** A certificate for a client, and for a server when the subject has hosts. */
export async function issue(authority: Identity, subject: Subject): Promise<Identity> {
  const altNames = (subject.hosts ?? []).map((host) => (isIP(host) ? { type: 7, ip: host } : { type: 2, value: host }));
  return sign(subject, await createKeyPair(), authority, [
    { name: "basicConstraints", cA: false, critical: true },
    { name: "keyUsage", digitalSignature: true, keyEncipherment: true, critical: true },
    { name: "extKeyUsage", clientAuth: true, serverAuth: altNames.length > 0 },
    ...(altNames.length > 0 ? [{ name: "subjectAltName", altNames }] : []),
  ]);
}

function sign(subject: Subject, keys: KeyPair, authority: Identity | undefined, extensions: object[]): Identity {
  const certificate = forge.pki.createCertificate();
  certificate.publicKey = forge.pki.publicKeyFromPem(keys.publicKey);
  // A serial number is a positive integer: the leading byte keeps the sign bit clear.
  certificate.serialNumber = `01${randomBytes(15).toString("hex")}`;
  certificate.validity.notBefore = new Date(Date.now() - DAY_MS);
  certificate.validity.notAfter = new Date(Date.now() + VALID_DAYS * DAY_MS);
  const name = [{ name: "commonName", value: subject.commonName }];
  if (subject.organization) name.push({ name: "organizationName", value: subject.organization });
  certificate.setSubject(name);
  certificate.setIssuer(authority ? forge.pki.certificateFromPem(authority.certificate).subject.attributes : name);
  certificate.setExtensions(extensions);
  certificate.sign(
    forge.pki.privateKeyFromPem(authority ? authority.privateKey : keys.privateKey),
    forge.md.sha256.create(),
  );
  return { certificate: forge.pki.certificateToPem(certificate), privateKey: keys.privateKey };
}
