/** A request as far as accounts care for it. */
export interface Visitor {
  headers: {
    authorization?: string | undefined;
    cookie?: string | undefined;
    'user-agent'?: string | undefined;
  };
  /** The client's address, judged by whoever knows which proxies to trust. */
  address: string;
  /** It came over HTTPS, at least as far as our proxy: its cookies are secure ones. */
  secure: boolean;
}
