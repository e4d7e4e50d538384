/** The environment, parsed once. */
export interface Config {
  host: string;
  port: number;
  /** Where people reach Docket, without a trailing slash; undefined: wherever the request came to. */
  publicUrl: string | undefined;
  trustProxy: boolean | string[];
  dataDir: string;
  databaseUrl: string | undefined;
  postgresBin: string | undefined;
  maxFileSize: number;
  maxFilesPerTicket: number;
  maxTotalSizePerTicket: number;
  uploadsPerMinute: number;
  concurrentUploads: number;
  allow7z: boolean;
  fileMode: number;
  dirMode: number;
  signUp: 'open' | 'closed';
  admin: { email: string; password: string } | undefined;
}
