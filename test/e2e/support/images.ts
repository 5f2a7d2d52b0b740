import { join } from "node:path";
import { PAUSE_IMAGE } from "../../../dev/cluster/node/containerd.ts";
import { buildPauseImage } from "../../../dev/cluster/node/pause.ts";
import { buildBase, buildInvoiceServerImage, buildOperatorImage } from "../../../dev/image/build.ts";

export const OPERATOR_IMAGE = "localhost/invoiceops:test";
const INVOICE_SERVER_IMAGE = "localhost/invoice-server:test";

/** Paths of docker archives, one an image. */
export interface ImageArchives {
  pause: string;
  operator: string;
  invoiceServer: string;
}

/** Builds the images of this checkout that the tests run, below `folder`. */
export async function buildImages(folder: string): Promise<ImageArchives> {
  const buildah = await buildBase(folder);
  await buildPauseImage(buildah, folder);
  await buildOperatorImage(buildah, OPERATOR_IMAGE, folder);
  await buildInvoiceServerImage(buildah, INVOICE_SERVER_IMAGE);
  const save = async (image: string, name: string): Promise<string> => {
    const archive = join(folder, `${name}.tar`);
    await buildah.save(image, archive);
    return archive;
  };
  return {
    pause: await save(PAUSE_IMAGE, "pause"),
    operator: await save(OPERATOR_IMAGE, "operator"),
    invoiceServer: await save(INVOICE_SERVER_IMAGE, "invoice-server"),
  };
}
