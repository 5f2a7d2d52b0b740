import { describe, expect, test } from "vitest";
import { redacted, redactedText } from "./redact.ts";

const SECRET = "hunter2-Zx9";

describe("a text", () => {
  test.each([
    `http://me:${SECRET}@prometheus:9090/path`,
    `https://${SECRET}@prometheus`,
    `http://p/api?token=${SECRET}&x=1`,
    `http://p/api?x=1&api_key=${SECRET}`,
    `https://blob/file?sv=1&sig=${SECRET}`,
    `Authorization: Bearer ${SECRET}`,
    `authorization=Basic ${SECRET}`,
    `the header X-Api-Key: ${SECRET} was refused`,
    `--bearer-token=${SECRET}`,
    `--password ${SECRET}`,
    `{"password":"${SECRET}"}`,
    `eyJhbGciOiJSUzI1NiJ9.${SECRET}.sig`,
    `-----BEGIN RSA PRIVATE KEY-----\n${SECRET}\n-----END RSA PRIVATE KEY-----`,
    `-----BEGIN PRIVATE KEY-----\n${SECRET}`,
  ])("%j loses its secret", (text) => {
    expect(redactedText(text)).not.toContain(SECRET);
    expect(redactedText(text)).toContain("[redacted]");
  });

  test.each([
    "sum(rate(http_requests_total[2m]))",
    'sum by (namespace) (rate(x{key="vat"}[1m]))',
    "http://prometheus.monitoring:9090/prefix?x=1",
    "Secret prometheus-token of spec.prometheus does not exist in namespace billing: create it or correct its name",
    "2026-11-16T00:00:00Z",
    "spec.minReplicas of HorizontalPodAutoscaler/vat-api is 12",
    "user:system:serviceaccount:billing:vat",
    "team@example.com",
  ])("%j stays as it is", (text) => {
    expect(redactedText(text)).toBe(text);
  });
});

describe("a value", () => {
  test.each<[string, unknown]>([
    ["data of whatever object", { data: { token: SECRET } }],
    ["a Secret among objects", { items: [{ kind: "Secret", metadata: {}, stringData: { a: SECRET } }] }],
    ["values of the environment", { env: [{ name: "INVOICEOPS_PROMETHEUS_URL", value: SECRET }] }],
    ["annotations of other tools", { annotations: { "kubectl.kubernetes.io/last-applied-configuration": SECRET } }],
    ["fields that name a secret", { password: SECRET, bearerToken: SECRET, clientSecret: SECRET, "api-key": SECRET }],
    ["what stands below such a field", { credentials: { a: [SECRET], key: SECRET } }],
    ["what is beside the name of a Secret", { authorization: { secretName: "prom", value: SECRET } }],
    ["numbers of such a field", { password: SECRET.length }],
    ["arguments", { args: [`--prometheus-url=http://me:${SECRET}@p`] }],
    ["what others manage", { managedFields: [{ fieldsV1: { [SECRET]: {} } }] }],
    ["addresses deep inside", { a: { b: [{ url: `http://me:${SECRET}@p` }] } }],
  ])("%s", (_, value) => {
    const text = JSON.stringify(redacted(value));
    expect(text).not.toContain(SECRET);
    expect(text).not.toContain(`"password":${SECRET.length}`);
  });

  test("what one looks for stays", () => {
    const object = {
      kind: "InvoiceService",
      metadata: { name: "vat", annotations: { "invoiceops.dev/paused": "true" }, labels: { app: "vat" } },
      automountServiceAccountToken: true,
      spec: { prometheus: { url: "http://p:9090", authorization: { bearer: { secretName: "prom", key: "token" } } } },
      status: { conditions: [{ type: "Ready", status: "False", message: "Secret prom does not exist" }] },
    };
    expect(redacted(object)).toEqual(object);
  });
});
