import { execFile, spawn } from "node:child_process";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { mkdir, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { promisify } from "node:util";

/**
 * A Git repository and its HTTP server on loopback, by Git's own `http-backend`: Argo CD asks in the smart protocol,
 * which files alone cannot answer.
 */
export class GitServer {
  /** The files of the one branch, `main`; what is written here is published by `commit`. */
  readonly tree: string;
  readonly #folder: string;
  readonly #server: Server;

  private constructor(folder: string) {
    this.#folder = folder;
    this.tree = join(folder, "tree");
    this.#server = createServer((request, response) => this.#answer(request, response));
  }

  /** Makes an empty repository in `folder`, which must not exist, and serves it until `close()`. */
  static async start(folder: string): Promise<GitServer> {
    const server = new GitServer(folder);
    await mkdir(server.tree, { recursive: true });
    await server.#git("init", "--quiet", "--initial-branch=main", `--separate-git-dir=${join(folder, "team.git")}`);
    await new Promise<void>((resolve) => server.#server.listen(0, "127.0.0.1", resolve));
    return server;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/team.git`;
  }

  /** Writes files by their path in the tree, or removes them, and commits everything; the new revision. */
  async commit(files: Readonly<Record<string, string | undefined>>): Promise<string> {
    for (const [path, text] of Object.entries(files)) {
      const file = join(this.tree, path);
      if (text === undefined) {
        await rm(file, { recursive: true, force: true });
        continue;
      }
      await mkdir(dirname(file), { recursive: true });
      await writeFile(file, text);
    }
    await this.#git("add", "--all");
    await this.#git("commit", "--quiet", "--allow-empty", "--message", Object.keys(files).join(", ") || "all files");
    return (await this.#git("rev-parse", "HEAD")).trim();
  }

  close(): Promise<void> {
    return new Promise((resolve) => {
      this.#server.close(() => resolve());
      this.#server.closeAllConnections();
    });
  }

  async #git(...args: string[]): Promise<string> {
    const { stdout } = await promisify(execFile)("git", args, { cwd: this.tree, env: ENVIRONMENT });
    return stdout;
  }

  /** CGI, as RFC 3875 has it: the request as variables and standard input, the answer as headers and a body. */
  #answer(request: IncomingMessage, response: ServerResponse): void {
    const [path = "", query = ""] = (request.url ?? "").split("?");
    const header = (name: string): string => String(request.headers[name] ?? "");
    const backend = spawn("git", ["http-backend"], {
      env: {
        ...ENVIRONMENT,
        GIT_PROJECT_ROOT: this.#folder,
        GIT_HTTP_EXPORT_ALL: "1",
        REQUEST_METHOD: request.method ?? "GET",
        PATH_INFO: decodeURIComponent(path),
        QUERY_STRING: query,
        CONTENT_TYPE: header("content-type"),
        HTTP_CONTENT_ENCODING: header("content-encoding"),
        GIT_PROTOCOL: header("git-protocol"),
      },
      stdio: ["pipe", "pipe", "ignore"],
    });
    // A client that goes away early ends the pipe; that is its own affair.
    backend.stdin.on("error", () => undefined);
    request.pipe(backend.stdin);
    const output: Buffer[] = [];
    backend.stdout.on("data", (chunk: Buffer) => output.push(chunk));
    backend.on("error", () => response.writeHead(500).end());
    backend.on("close", () => sendCgi(response, Buffer.concat(output)));
  }
}

/** Nothing of the user's own configuration, so that a repository is the same everywhere. */
const ENVIRONMENT = {
  PATH: process.env["PATH"],
  GIT_CONFIG_GLOBAL: "/dev/null",
  GIT_CONFIG_NOSYSTEM: "1",
  GIT_AUTHOR_NAME: "team",
  GIT_AUTHOR_EMAIL: "team@invoiceops.dev",
  GIT_COMMITTER_NAME: "team",
  GIT_COMMITTER_EMAIL: "team@invoiceops.dev",
};

function sendCgi(response: ServerResponse, output: Buffer): void {
  const end = output.indexOf("\r\n\r\n");
  if (end < 0) return void response.writeHead(500).end();
  let status = 200;
  for (const line of output.subarray(0, end).toString("latin1").split("\r\n")) {
    const [name = "", value = ""] = line.split(/:\s*/, 2);
    if (name.toLowerCase() === "status") status = Number.parseInt(value, 10);
    else response.setHeader(name, value);
  }
  response.writeHead(status).end(output.subarray(end + 4));
}
