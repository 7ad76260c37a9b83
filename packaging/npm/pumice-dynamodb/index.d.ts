// SPDX-License-Identifier: Apache-2.0
export interface StartOptions {
  /** Flags of the server (`pumice -help` lists them). Data is in memory unless they name a folder. */
  flags?: string[];
  /** 0 or absent: any free port. */
  port?: number;
}

/** CreateTable's parameters; `data`: plain objects that are in the table from the start. */
export type TableDefinition = {TableName: string; data?: object[]; [parameter: string]: unknown};

export class Server {
  readonly pid: number;
  readonly port: number;
  readonly endpoint: string;
  readonly region: string;
  readonly credentials: {accessKeyId: string; secretAccessKey: string};
  /** What a child process needs for its AWS SDK to find the server. */
  environment(): Record<string, string>;
  createTables(definitions: TableDefinition[]): Promise<void>;
  /** Deletes all tables of this server's access key and region. */
  clear(): Promise<void>;
  /** The last that the server printed. */
  log(): string;
  stop(): Promise<void>;
}

/** Resolves when the server answers. It ends with this process, however that ends. */
export function start(options?: StartOptions): Promise<Server>;
/** Path of the server's program. */
export function binaryPath(): string;
