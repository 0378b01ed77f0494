/** Who calls. Everything in the catalog belongs to a tenant; the name is for logs and bills. */
export interface Identity {
  /** 1 to 63 characters a-z, 0-9 and "-". */
  readonly tenant: string
  readonly name: string
  /** Runs the installation: sees the dead letters of every tenant, and of records that name none. */
  readonly operator?: boolean
}

/** Tells who calls; replace it to take identities from elsewhere. */
export interface Authenticator {
  /**
   * @param credentials the `authorization` metadata as it came (undefined: none), and the subject of the client's certificate under mutual TLS
   * @throws VirgaError VIRGA_UNAUTHENTICATED
   */
  identify(credentials: { readonly authorization?: string; readonly certificateSubject?: string }): Promise<Identity>
}
