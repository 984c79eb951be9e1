import { TabLinks } from "#components/ui/tab-links.tsx";

/** The screens of revocation. */
export function RevocationTabs() {
  return (
    <div className="mb-4">
      <TabLinks
        label="Revocation"
        tabs={[
          { href: "/revocation", label: "CRL and OCSP" },
          { href: "/revocation/certificates", label: "Revoked certificates" },
          { href: "/revocation/sources", label: "Foreign CRLs" },
          { href: "/revocation/setup", label: "Setting up proxies" },
        ]}
      />
    </div>
  );
}
