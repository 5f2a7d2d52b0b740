/**
 * Takes out of a value what may be a secret. It errs on the side of silence: what looks like a credential goes, also
 * where it is none. Names of Secrets, and of keys in them, stay, since they are what one looks for.
 */
export function redacted(value: unknown): unknown {
  return redact(value, { field: "", secret: false });
}

const GONE = "[redacted]";

/** Fields whose content is never told, whatever it looks like. */
const CONTENT = new Set(["data", "stringData", "binaryData"]);
/** Fields below which every text may be a credential. */
const SECRET_FIELD =
  /(password|passwd|passphrase|authorization|credential|cookie|private-?_?key|api-?_?key|access-?_?key)|(^|[-_.])(token|secret|auth|pwd)$|(Token|Secret|Auth|Pwd)$/i;
/** What other tools write into annotations may be a whole manifest, or a token; of these it is known. */
const PLAIN_ANNOTATION = /^(invoiceops\.dev|deployment\.kubernetes\.io|meta\.helm\.sh)\//;

interface Place {
  field: string;
  /** Something around it is named like a secret. */
  secret: boolean;
}

function redact(value: unknown, place: Place): unknown {
  if (Array.isArray(value)) return value.map((item) => redact(item, place));
  if (typeof value === "string") return place.secret ? GONE : redactedText(value);
  // A truth value tells nothing.
  if (typeof value !== "object" || value === null) return place.secret && typeof value === "number" ? GONE : value;
  if ((value as { kind?: unknown }).kind === "Secret" && !("name" in value)) return GONE;
  const refers = "secretName" in value;
  const entries = Object.entries(value).filter(([name]) => name !== "managedFields");
  return Object.fromEntries(
    entries.map(([name, inner]) => {
      const named = name === "secretName" || (refers && name === "key");
      return [name, named && typeof inner === "string" ? inner : redactedField(name, inner, place)];
    }),
  );
}

function redactedField(name: string, value: unknown, { field, secret }: Place): unknown {
  if (field === "annotations" && !PLAIN_ANNOTATION.test(name)) return GONE;
  if (CONTENT.has(name) || (field === "env" && name === "value")) return GONE;
  return redact(value, { field: name, secret: secret || SECRET_FIELD.test(name) });
}

const PATTERNS: readonly [RegExp, string][] = [
  // PEM: certificates are public, but whoever looks for one finds it in the cluster.
  [/-----BEGIN [^-]+-----[\s\S]*?(-----END [^-]+-----|$)/g, GONE],
  [/\beyJ[\w-]{8,}\.[\w-]+(\.[\w-]*)?/g, GONE],
  [/\b(Bearer|Basic|Digest|Negotiate|ApiKey)\s+[\w.~+/=:-]+/gi, `$1 ${GONE}`],
  // User and password of an address, and parameters of one that carry a credential.
  [/([a-z][\w+.-]*:\/\/)[^/\s"'@]*@/gi, `$1${GONE}@`],
  [/([?&;][\w.-]*(token|secret|passw(or)?d|pwd|key|sig(nature)?|auth|credential)[\w.-]*=)[^&\s"'#]+/gi, `$1${GONE}`],
  // Headers and flags: a name that tells, and what follows it.
  [
    /\b([\w-]*(authorization|api-?key|token|secret|passw(or)?d|cookie|pwd)[\w-]*["']?\s*[:=]\s*["']?)[^\s"',;}]+/gi,
    `$1${GONE}`,
  ],
  [/(--[\w-]*(token|secret|passw(or)?d|key|auth|credential)[\w-]*\s+)\S+/gi, `$1${GONE}`],
];

/** A text with everything taken out that looks like a credential. */
export function redactedText(text: string): string {
  return PATTERNS.reduce((left, [pattern, instead]) => left.replaceAll(pattern, instead), text);
}
