import { ButtonLink } from "#components/ui/button-link.tsx";
import { harmless } from "#components/ui/harmless-text.ts";
import { Notice } from "#components/ui/notice.tsx";

interface ChainsWithoutCrlProps {
  /** Authorities above ours whose key is not here, and whose CRL is not either. */
  issuers: readonly {
    sha256: string;
    name: string;
    below: readonly { id: string; name: string }[];
    source: { name: string; state: "missing" | "expired" } | null;
  }[];
  /** Where the CRL is uploaded; absent where that is at hand. */
  href?: string;
}

/** Which chains proxies cannot check, and that CRL checking must stay off for them. */
export function ChainsWithoutCrl({ issuers, href }: ChainsWithoutCrlProps) {
  return issuers.map(({ sha256, name, below, source }) => (
    <Notice
      key={sha256}
      tone="warn"
      title={`CRL checking must stay off below ${harmless(name)}`}
      actions={
        href !== undefined && (
          <ButtonLink href={href} size="sm">
            Upload or follow its CRL
          </ButtonLink>
        )
      }
    >
      {source === null
        ? "Its key is not here, so somebody else signs its CRL, and that is not here either. "
        : `Its CRL ${harmless(source.name)} ${source.state === "missing" ? "is not here yet" : "has expired"}. `}
      nginx, HAProxy, Apache and everything else that uses OpenSSL refuse every client when the list of one
      authority of the chain is missing. This is about {below.map((each) => harmless(each.name)).join(", ")}.
    </Notice>
  ));
}
