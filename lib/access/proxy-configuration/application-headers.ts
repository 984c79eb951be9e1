/** Headers by which an application learns who calls. Whatever a client sends of these is taken away. */
export const OUR_HEADERS = [
  "X-Countersign-Client-Id",
  "X-Countersign-Client-Name",
  "X-Countersign-Scopes",
  "X-Countersign-Reason",
] as const;

/** Other headers by which applications take somebody's word for who calls. */
export const FOREIGN_HEADERS = [
  "Client-Cert",
  "Client-Cert-Chain",
  "X-Client-Cert-PEM",
  "X-Client-Cert-DER",
  "X-Forwarded-Client-Cert",
  "X-Forwarded-Tls-Client-Cert",
  "X-Forwarded-Tls-Client-Cert-Info",
  "X-SSL-Cert",
] as const;

/** Headers by which a proxy says what is asked of it: a client's own would be believed in place of them. */
export const REQUEST_HEADERS = ["X-Original-Method", "X-Original-URI"] as const;
