/** What a refusal is about. */
export interface RefusalContext {
  client: { id: string } | null;
  service: { slug: string };
  /** Of the inventory. */
  certificateId: string | null;
}

/** The screen on which what a decision says is mended; null where it is not mended here. */
export function fixLink(
  reason: string,
  { client, service, certificateId }: RefusalContext,
): { label: string; href: string } | null {
  switch (reason) {
    case "client-unknown":
    case "learning":
      return { label: "Callers from traffic", href: `/clients/callers?service=${service.slug}` };
    case "key-too-weak":
    case "issuer-not-accepted":
      return { label: "Open the service", href: `/services/${service.slug}` };
    case "service-unknown":
      return { label: "Services", href: "/services" };
    case "revocation-unknown":
      return { label: "CRLs", href: "/revocation" };
    case "authority-revoked":
    case "authority-held":
    case "authority-expired":
      return { label: "Authorities", href: "/authorities" };
    case "snapshot-too-old":
    case "fail-open":
      return { label: "Home", href: "/" };
    case "certificate-expired":
    case "certificate-revoked":
    case "certificate-held":
    case "certificate-not-for-clients":
      if (certificateId === null) return null;
      return { label: "Open the certificate", href: `/certificates/${certificateId}` };
    default:
      return client === null ? null : { label: "Open the client", href: `/clients/${client.id}` };
  }
}
