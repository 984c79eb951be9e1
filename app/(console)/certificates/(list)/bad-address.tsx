import { LIST_PATH } from "#components/certificate/list-address.ts";
import { ListLink } from "#components/certificate/list-navigation.tsx";
import { buttonStyle } from "#components/ui/button-style.ts";
import { Notice } from "#components/ui/notice.tsx";

/** What stands in the list's place when its address asks for what there cannot be. */
export function BadAddress({ problem }: { problem: string }) {
  return (
    <div className="p-4">
      <Notice
        tone="warn"
        title="This address does not say what to show"
        actions={
          <ListLink href={LIST_PATH} className={buttonStyle("secondary", "sm")}>
            Show all certificates
          </ListLink>
        }
      >
        {problem}
      </Notice>
    </div>
  );
}
