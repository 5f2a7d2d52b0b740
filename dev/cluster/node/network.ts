import { execFile } from "node:child_process";
import { writeFile } from "node:fs/promises";
import { promisify } from "node:util";

const BRIDGE = "cni0";
const SUBNET = "10.88.0.0/24";
/** Of the API server's --service-cluster-ip-range. */
const SERVICES = "10.96.0.0/16";

/** The bridge of one node's pods. It has the node's own address, at which pods reach the API server. */
export class PodNetwork {
  readonly address = "10.88.0.1";
  readonly subnet = SUBNET;

  /** Makes the bridge: before the API server starts, which advertises its address. */
  static async create(): Promise<PodNetwork> {
    const network = new PodNetwork();
    await ip("link", "add", BRIDGE, "type", "bridge");
    await ip("address", "add", `${network.address}/24`, "dev", BRIDGE);
    await ip("link", "set", BRIDGE, "up");
    // Rules of iptables send it on to pods, but without a route nothing of it is sent at all.
    await ip("route", "add", SERVICES, "dev", BRIDGE);
    await writeFile("/proc/sys/net/ipv4/ip_forward", "1");
    return network;
  }

  /** The configuration by which each pod gets an address on the bridge; `folder` keeps who has which. */
  cni(folder: string): object {
    return {
      cniVersion: "0.4.0",
      name: "pods",
      plugins: [
        {
          type: "bridge",
          bridge: BRIDGE,
          isGateway: true,
          hairpinMode: true,
          ipam: {
            type: "host-local",
            dataDir: folder,
            ranges: [[{ subnet: SUBNET, gateway: this.address }]],
            routes: [{ dst: "0.0.0.0/0" }],
          },
        },
        { type: "portmap", capabilities: { portMappings: true } },
      ],
    };
  }

  /** Has connections from pods to a port of the node refused, open ones too, or no longer. */
  async refuse(port: number, refused: boolean): Promise<void> {
    const rule = [
      "INPUT",
      "-i",
      BRIDGE,
      "-p",
      "tcp",
      "--dport",
      String(port),
      "-j",
      "REJECT",
      "--reject-with",
      "tcp-reset",
    ];
    await promisify(execFile)("iptables", ["--wait", refused ? "--insert" : "--delete", ...rule]);
  }

  /** Takes the bridge away, and every rule of iptables: the network namespace is the node's own. */
  async remove(): Promise<void> {
    await ip("link", "delete", BRIDGE);
    for (const table of ["nat", "filter", "mangle"]) {
      for (const order of ["--flush", "--delete-chain"]) {
        await promisify(execFile)("iptables", ["--wait", `--table=${table}`, order]);
      }
    }
  }
}

async function ip(...args: string[]): Promise<void> {
  await promisify(execFile)("ip", args);
}
