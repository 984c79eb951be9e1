"use client";

import Link from "next/link";
import { useState } from "react";
import { listHref } from "#components/certificate/list-address.ts";
import {
  type KnownAnnotations,
  OwnershipForm,
  type SaveOwnership,
} from "#components/certificate/ownership-form.tsx";
import { Badge } from "#components/ui/badge.tsx";
import { Button } from "#components/ui/button.tsx";
import { Card } from "#components/ui/card.tsx";

interface OwnershipCardProps {
  certificateId: string;
  owner: string;
  tags: readonly string[];
  mayChange: boolean;
  /** What other certificates have, to choose from. */
  known: Promise<KnownAnnotations>;
  save: SaveOwnership;
}

/** Whom a certificate belongs to, and what it is grouped by. */
export function OwnershipCard({ owner, tags, mayChange, ...form }: OwnershipCardProps) {
  const [editing, setEditing] = useState(false);
  return (
    <Card
      title="Owner and tags"
      actions={
        mayChange &&
        !editing && (
          <Button size="sm" onClick={() => setEditing(true)}>
            Change
          </Button>
        )
      }
    >
      {editing ? (
        <OwnershipForm {...form} owner={owner} tags={tags} close={() => setEditing(false)} />
      ) : (
        <dl className="flex flex-col gap-3">
          <div>
            <dt className="text-muted text-sm">Owner</dt>
            <dd className="[overflow-wrap:anywhere]">
              {owner === "" ? (
                <span className="text-muted">nobody: nobody can be asked about it</span>
              ) : (
                owner
              )}
            </dd>
          </div>
          <div>
            <dt className="text-muted text-sm">Tags</dt>
            <dd className="flex flex-wrap gap-1.5">
              {tags.length === 0 && <span className="text-muted">none</span>}
              {tags.map((tag) => (
                <Link
                  key={tag}
                  href={listHref(`tag=${encodeURIComponent(tag)}`)}
                  prefetch={false}
                  className="hover:underline"
                >
                  <Badge>{tag}</Badge>
                </Link>
              ))}
            </dd>
          </div>
        </dl>
      )}
    </Card>
  );
}
