-- DropIndex
DROP INDEX "Certificate_notAfter_id_idx";

-- DropIndex
DROP INDEX "Certificate_status_issuerId_notAfter_id_idx";

-- DropIndex
DROP INDEX "Certificate_createdAt_id_idx";

-- AlterTable
ALTER TABLE "Certificate" ADD COLUMN     "cohortId" INTEGER,
ADD COLUMN     "lastSeenAt" TIMESTAMP(3),
ADD COLUMN     "lastSeenWhere" TEXT,
ADD COLUMN     "notes" TEXT NOT NULL DEFAULT '',
ADD COLUMN     "sortName" TEXT COLLATE "C" NOT NULL DEFAULT '';

-- CreateTable
CREATE TABLE "CertificateCohort" (
    "id" SERIAL NOT NULL,
    "hash" TEXT NOT NULL,
    "kind" TEXT NOT NULL,
    "issuerId" TEXT,
    "issuerName" TEXT NOT NULL,
    "profileId" TEXT,
    "keyAlgorithm" TEXT NOT NULL,
    "source" TEXT NOT NULL,
    "owner" TEXT NOT NULL,
    "tags" TEXT NOT NULL,
    "risks" INTEGER NOT NULL,
    "state" TEXT NOT NULL,
    "count" INTEGER NOT NULL,

    CONSTRAINT "CertificateCohort_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "IssuerCandidate" (
    "certificateId" TEXT NOT NULL,
    "subject" TEXT NOT NULL,

    CONSTRAINT "IssuerCandidate_pkey" PRIMARY KEY ("certificateId")
);

-- CreateTable
CREATE TABLE "TrustBundle" (
    "id" TEXT NOT NULL,
    "slug" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "description" TEXT NOT NULL,
    "version" INTEGER NOT NULL,
    "createdAt" TIMESTAMP(3) NOT NULL,
    "changedAt" TIMESTAMP(3) NOT NULL,

    CONSTRAINT "TrustBundle_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "TrustBundleMember" (
    "id" TEXT NOT NULL,
    "bundleId" TEXT NOT NULL,
    "certificateId" TEXT NOT NULL,
    "addedAt" TIMESTAMP(3) NOT NULL,

    CONSTRAINT "TrustBundleMember_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "CertificateImport" (
    "id" TEXT NOT NULL,
    "fileName" TEXT NOT NULL,
    "bytes" BIGINT NOT NULL,
    "found" INTEGER NOT NULL,
    "added" INTEGER NOT NULL,
    "known" INTEGER NOT NULL,
    "unreadable" INTEGER NOT NULL,
    "status" TEXT NOT NULL,
    "reason" TEXT NOT NULL,
    "requestedBy" TEXT NOT NULL,
    "createdAt" TIMESTAMP(3) NOT NULL,
    "finishedAt" TIMESTAMP(3),

    CONSTRAINT "CertificateImport_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "ImportFault" (
    "id" TEXT NOT NULL,
    "importId" TEXT NOT NULL,
    "position" INTEGER NOT NULL,
    "place" TEXT NOT NULL,
    "reason" TEXT NOT NULL,
    "body" BYTEA NOT NULL,
    "truncated" BOOLEAN NOT NULL,

    CONSTRAINT "ImportFault_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "BulkRun" (
    "id" TEXT NOT NULL,
    "kind" TEXT NOT NULL,
    "parameters" TEXT NOT NULL,
    "total" INTEGER NOT NULL,
    "done" INTEGER NOT NULL,
    "failed" INTEGER NOT NULL,
    "status" TEXT NOT NULL,
    "actorKind" TEXT NOT NULL,
    "actorId" TEXT NOT NULL,
    "requestedBy" TEXT NOT NULL,
    "createdAt" TIMESTAMP(3) NOT NULL,
    "finishedAt" TIMESTAMP(3),

    CONSTRAINT "BulkRun_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "BulkItem" (
    "id" TEXT NOT NULL,
    "runId" TEXT NOT NULL,
    "position" INTEGER NOT NULL,
    "label" TEXT NOT NULL,
    "input" TEXT NOT NULL,
    "status" TEXT NOT NULL,
    "message" TEXT NOT NULL,
    "certificateId" TEXT,
    "sealed" BYTEA,

    CONSTRAINT "BulkItem_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "SavedView" (
    "id" TEXT NOT NULL,
    "userId" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "query" TEXT NOT NULL,
    "shared" BOOLEAN NOT NULL,
    "createdAt" TIMESTAMP(3) NOT NULL,

    CONSTRAINT "SavedView_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE UNIQUE INDEX "CertificateCohort_hash_key" ON "CertificateCohort"("hash");

-- CreateIndex
CREATE INDEX "IssuerCandidate_subject_idx" ON "IssuerCandidate"("subject");

-- CreateIndex
CREATE UNIQUE INDEX "TrustBundle_slug_key" ON "TrustBundle"("slug");

-- CreateIndex
CREATE INDEX "TrustBundleMember_certificateId_idx" ON "TrustBundleMember"("certificateId");

-- CreateIndex
CREATE UNIQUE INDEX "TrustBundleMember_bundleId_certificateId_key" ON "TrustBundleMember"("bundleId", "certificateId");

-- CreateIndex
CREATE INDEX "CertificateImport_createdAt_id_idx" ON "CertificateImport"("createdAt", "id");

-- CreateIndex
CREATE UNIQUE INDEX "ImportFault_importId_position_key" ON "ImportFault"("importId", "position");

-- CreateIndex
CREATE INDEX "BulkRun_createdAt_id_idx" ON "BulkRun"("createdAt", "id");

-- CreateIndex
CREATE INDEX "BulkItem_runId_status_position_idx" ON "BulkItem"("runId", "status", "position");

-- CreateIndex
CREATE UNIQUE INDEX "BulkItem_runId_position_key" ON "BulkItem"("runId", "position");

-- CreateIndex
CREATE INDEX "SavedView_shared_idx" ON "SavedView"("shared");

-- CreateIndex
CREATE UNIQUE INDEX "SavedView_userId_name_key" ON "SavedView"("userId", "name");

-- CreateIndex
CREATE INDEX "Certificate_cohortId_notAfter_id_notBefore_idx" ON "Certificate"("cohortId", "notAfter", "id", "notBefore");

-- CreateIndex
CREATE INDEX "Certificate_notAfter_id_cohortId_notBefore_idx" ON "Certificate"("notAfter", "id", "cohortId", "notBefore");

-- CreateIndex
CREATE INDEX "Certificate_sortName_id_cohortId_notAfter_notBefore_idx" ON "Certificate"("sortName", "id", "cohortId", "notAfter", "notBefore");

-- CreateIndex
CREATE INDEX "Certificate_createdAt_id_cohortId_notAfter_notBefore_idx" ON "Certificate"("createdAt", "id", "cohortId", "notAfter", "notBefore");

-- CreateIndex
CREATE INDEX "Certificate_sha1_idx" ON "Certificate"("sha1");

-- AddForeignKey
ALTER TABLE "Certificate" ADD CONSTRAINT "Certificate_cohortId_fkey" FOREIGN KEY ("cohortId") REFERENCES "CertificateCohort"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "IssuerCandidate" ADD CONSTRAINT "IssuerCandidate_certificateId_fkey" FOREIGN KEY ("certificateId") REFERENCES "Certificate"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "TrustBundleMember" ADD CONSTRAINT "TrustBundleMember_bundleId_fkey" FOREIGN KEY ("bundleId") REFERENCES "TrustBundle"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "TrustBundleMember" ADD CONSTRAINT "TrustBundleMember_certificateId_fkey" FOREIGN KEY ("certificateId") REFERENCES "Certificate"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "ImportFault" ADD CONSTRAINT "ImportFault_importId_fkey" FOREIGN KEY ("importId") REFERENCES "CertificateImport"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "BulkItem" ADD CONSTRAINT "BulkItem_runId_fkey" FOREIGN KEY ("runId") REFERENCES "BulkRun"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- What is there already gets its cohort and the name it is sorted by. The hashes of these cohorts are not those
-- that lib/inventory/cohort.ts computes: a later certificate with the same facts begins a cohort beside them.
INSERT INTO "CertificateCohort" ("hash", "kind", "issuerId", "issuerName", "profileId", "keyAlgorithm", "source", "owner", "tags", "risks", "state", "count")
SELECT 'migrated-' || row_number() OVER (ORDER BY "kind", "issuerId", "issuerName", "profileId", "keyAlgorithm", "source", "risks", "state"), "kind", "issuerId", "issuerName", "profileId", "keyAlgorithm", "source", '', '', "risks", "state", count(*)
FROM (
  SELECT c."kind", c."issuerId", substr(c."issuerName", 1, 300) AS "issuerName", c."profileId", c."keyAlgorithm", c."source",
    CASE WHEN EXISTS (SELECT 1 FROM "Certificate" o WHERE o."keySha256" = c."keySha256" AND o."lineageId" <> c."lineageId" AND o."status" = 'issued') THEN 8 ELSE 0 END + CASE WHEN c."kind" = 'end-entity' AND c."notAfter" - c."notBefore" > INTERVAL '825 days' THEN 2 ELSE 0 END AS "risks",
    CASE WHEN EXISTS (SELECT 1 FROM "Certificate" o WHERE o."replacesId" = c."id" AND o."status" = 'issued') THEN 'superseded' ELSE 'active' END AS "state"
  FROM "Certificate" c WHERE c."status" = 'issued'
) facts
GROUP BY "kind", "issuerId", "issuerName", "profileId", "keyAlgorithm", "source", "risks", "state";

UPDATE "Certificate" SET "sortName" = lower(substr("displayName", 1, 200)), "cohortId" = CASE WHEN "status" <> 'issued' THEN NULL ELSE (
  SELECT h."id" FROM "CertificateCohort" h
  WHERE h."kind" = "Certificate"."kind" AND coalesce(h."issuerId", '') = coalesce("Certificate"."issuerId", '')
    AND h."issuerName" = substr("Certificate"."issuerName", 1, 300) AND coalesce(h."profileId", '') = coalesce("Certificate"."profileId", '')
    AND h."keyAlgorithm" = "Certificate"."keyAlgorithm" AND h."source" = "Certificate"."source"
    AND h."risks" = CASE WHEN EXISTS (SELECT 1 FROM "Certificate" o WHERE o."keySha256" = "Certificate"."keySha256" AND o."lineageId" <> "Certificate"."lineageId" AND o."status" = 'issued') THEN 8 ELSE 0 END + CASE WHEN "Certificate"."kind" = 'end-entity' AND "Certificate"."notAfter" - "Certificate"."notBefore" > INTERVAL '825 days' THEN 2 ELSE 0 END
    AND h."state" = CASE WHEN EXISTS (SELECT 1 FROM "Certificate" o WHERE o."replacesId" = "Certificate"."id" AND o."status" = 'issued') THEN 'superseded' ELSE 'active' END
) END;

INSERT INTO "IssuerCandidate" ("certificateId", "subject")
SELECT "id", substr("subject", 1, 300) FROM "Certificate" WHERE "kind" = 'authority' AND "status" = 'issued';
