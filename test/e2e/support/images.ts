declare module "vitest" {
  interface ProvidedContext {
    /** Paths of docker archives, one an image. */
    imageArchives: string[];
  }
}

/** Names of the images that images-setup.ts builds. */
export const OPERATOR_IMAGE = "localhost/invoiceops:test";
export const INVOICE_SERVER_IMAGE = "localhost/invoice-server:test";
