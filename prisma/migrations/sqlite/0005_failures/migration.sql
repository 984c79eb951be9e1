-- CreateTable
CREATE TABLE "Failure" (
    "id" TEXT NOT NULL PRIMARY KEY,
    "key" TEXT NOT NULL,
    "proxyId" TEXT NOT NULL,
    "serviceId" TEXT NOT NULL,
    "clientId" TEXT NOT NULL,
    "presentedName" TEXT NOT NULL,
    "cause" TEXT NOT NULL,
    "direction" TEXT NOT NULL,
    "certainty" TEXT NOT NULL,
    "candidates" TEXT NOT NULL,
    "certificateId" TEXT,
    "diagnosis" TEXT NOT NULL,
    "addresses" TEXT NOT NULL,
    "firstSeenAt" DATETIME NOT NULL,
    "lastSeenAt" DATETIME NOT NULL,
    "count" INTEGER NOT NULL,
    "heat" REAL NOT NULL,
    "rank" REAL NOT NULL,
    "state" TEXT NOT NULL,
    "stateSince" DATETIME NOT NULL,
    "stateBy" TEXT NOT NULL,
    "muteUntil" DATETIME,
    "muteRate" REAL,
    "resolvedAt" DATETIME,
    "lastSuccessAt" DATETIME,
    "regressions" INTEGER NOT NULL,
    "assigneeId" TEXT,
    "version" INTEGER NOT NULL
);

-- CreateTable
CREATE TABLE "HandshakeEvent" (
    "id" TEXT NOT NULL PRIMARY KEY,
    "failureId" TEXT NOT NULL,
    "at" DATETIME NOT NULL,
    "receivedAt" DATETIME NOT NULL,
    "proxyId" TEXT NOT NULL,
    "serviceId" TEXT NOT NULL,
    "clientId" TEXT NOT NULL,
    "presentedName" TEXT NOT NULL,
    "certificateId" TEXT,
    "cause" TEXT NOT NULL,
    "certainty" TEXT NOT NULL,
    "candidates" TEXT NOT NULL,
    "direction" TEXT NOT NULL,
    "tls" TEXT NOT NULL,
    "peer" TEXT NOT NULL,
    "lines" TEXT NOT NULL
);

-- CreateTable
CREATE TABLE "FailureCertificate" (
    "certificateId" TEXT NOT NULL,
    "failureId" TEXT NOT NULL,

    PRIMARY KEY ("certificateId", "failureId"),
    CONSTRAINT "FailureCertificate_failureId_fkey" FOREIGN KEY ("failureId") REFERENCES "Failure" ("id") ON DELETE CASCADE ON UPDATE CASCADE
);

-- CreateTable
CREATE TABLE "FailureChange" (
    "id" TEXT NOT NULL PRIMARY KEY,
    "failureId" TEXT NOT NULL,
    "at" DATETIME NOT NULL,
    "what" TEXT NOT NULL,
    "actorName" TEXT NOT NULL,
    "why" TEXT NOT NULL,
    CONSTRAINT "FailureChange_failureId_fkey" FOREIGN KEY ("failureId") REFERENCES "Failure" ("id") ON DELETE CASCADE ON UPDATE CASCADE
);

-- CreateTable
CREATE TABLE "FailureCount" (
    "failureId" TEXT NOT NULL,
    "hour" DATETIME NOT NULL,
    "count" INTEGER NOT NULL,

    PRIMARY KEY ("failureId", "hour"),
    CONSTRAINT "FailureCount_failureId_fkey" FOREIGN KEY ("failureId") REFERENCES "Failure" ("id") ON DELETE CASCADE ON UPDATE CASCADE
);

-- CreateTable
CREATE TABLE "FailureHour" (
    "hour" DATETIME NOT NULL,
    "cause" TEXT NOT NULL,
    "proxyId" TEXT NOT NULL,
    "serviceId" TEXT NOT NULL,
    "count" INTEGER NOT NULL,

    PRIMARY KEY ("hour", "cause", "proxyId", "serviceId")
);

-- CreateTable
CREATE TABLE "FailureDay" (
    "day" DATETIME NOT NULL,
    "cause" TEXT NOT NULL,
    "proxyId" TEXT NOT NULL,
    "serviceId" TEXT NOT NULL,
    "count" INTEGER NOT NULL,

    PRIMARY KEY ("day", "cause", "proxyId", "serviceId")
);

-- CreateTable
CREATE TABLE "IngestBatch" (
    "proxyId" TEXT NOT NULL,
    "batchId" TEXT NOT NULL,
    "receivedAt" DATETIME NOT NULL,
    "taken" INTEGER NOT NULL,
    "matched" INTEGER NOT NULL,
    "ignored" INTEGER NOT NULL,
    "notUnderstood" INTEGER NOT NULL,

    PRIMARY KEY ("proxyId", "batchId")
);

-- CreateTable
CREATE TABLE "NotUnderstood" (
    "id" TEXT NOT NULL PRIMARY KEY,
    "proxyId" TEXT NOT NULL,
    "receivedAt" DATETIME NOT NULL,
    "line" TEXT NOT NULL
);

-- CreateTable
CREATE TABLE "HeldLine" (
    "id" TEXT NOT NULL PRIMARY KEY,
    "proxyId" TEXT NOT NULL,
    "arrivedAt" DATETIME NOT NULL,
    "line" TEXT NOT NULL
);

-- CreateTable
CREATE TABLE "ProxyLog" (
    "proxyId" TEXT NOT NULL PRIMARY KEY,
    "firstAt" DATETIME NOT NULL,
    "lastAt" DATETIME NOT NULL,
    "taken" BIGINT NOT NULL,
    "matched" BIGINT NOT NULL,
    "ignored" BIGINT NOT NULL,
    "notUnderstood" BIGINT NOT NULL,
    "misfit" TEXT NOT NULL,
    "misfitAt" DATETIME,
    "missing" TEXT NOT NULL,
    "missingAt" DATETIME,
    "failedAt" DATETIME,
    "succeededAt" DATETIME
);

-- CreateTable
CREATE TABLE "EventStock" (
    "id" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    "events" BIGINT NOT NULL,
    "size" BIGINT NOT NULL
);

-- AlterTable
ALTER TABLE "Proxy" ADD COLUMN "bundle" TEXT NOT NULL DEFAULT '';
ALTER TABLE "Proxy" ADD COLUMN "software" TEXT NOT NULL DEFAULT '';

-- CreateIndex
CREATE UNIQUE INDEX "Failure_key_key" ON "Failure"("key");

-- CreateIndex
CREATE INDEX "Failure_state_rank_id_idx" ON "Failure"("state", "rank", "id");

-- CreateIndex
CREATE INDEX "Failure_proxyId_state_rank_id_idx" ON "Failure"("proxyId", "state", "rank", "id");

-- CreateIndex
CREATE INDEX "Failure_serviceId_state_rank_id_idx" ON "Failure"("serviceId", "state", "rank", "id");

-- CreateIndex
CREATE INDEX "Failure_cause_state_rank_id_idx" ON "Failure"("cause", "state", "rank", "id");

-- CreateIndex
CREATE INDEX "Failure_clientId_state_rank_id_idx" ON "Failure"("clientId", "state", "rank", "id");

-- CreateIndex
CREATE INDEX "Failure_proxyId_presentedName_state_idx" ON "Failure"("proxyId", "presentedName", "state");

-- CreateIndex
CREATE INDEX "Failure_proxyId_clientId_serviceId_cause_idx" ON "Failure"("proxyId", "clientId", "serviceId", "cause");

-- CreateIndex
CREATE INDEX "Failure_certainty_state_rank_id_idx" ON "Failure"("certainty", "state", "rank", "id");

-- CreateIndex
CREATE INDEX "Failure_state_muteUntil_idx" ON "Failure"("state", "muteUntil");

-- CreateIndex
CREATE INDEX "HandshakeEvent_failureId_at_idx" ON "HandshakeEvent"("failureId", "at");

-- CreateIndex
CREATE INDEX "HandshakeEvent_at_idx" ON "HandshakeEvent"("at");

-- CreateIndex
CREATE INDEX "FailureCertificate_failureId_idx" ON "FailureCertificate"("failureId");

-- CreateIndex
CREATE INDEX "FailureChange_failureId_id_idx" ON "FailureChange"("failureId", "id");

-- CreateIndex
CREATE INDEX "FailureCount_hour_idx" ON "FailureCount"("hour");

-- CreateIndex
CREATE INDEX "IngestBatch_receivedAt_idx" ON "IngestBatch"("receivedAt");

-- CreateIndex
CREATE INDEX "NotUnderstood_proxyId_id_idx" ON "NotUnderstood"("proxyId", "id");

-- CreateIndex
CREATE INDEX "HeldLine_proxyId_id_idx" ON "HeldLine"("proxyId", "id");

-- CreateIndex
CREATE INDEX "HeldLine_arrivedAt_idx" ON "HeldLine"("arrivedAt");
