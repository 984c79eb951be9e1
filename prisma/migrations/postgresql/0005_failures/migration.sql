-- AlterTable
ALTER TABLE "Proxy" ADD COLUMN     "bundle" TEXT NOT NULL DEFAULT '',
ADD COLUMN     "software" TEXT NOT NULL DEFAULT '';

-- CreateTable
CREATE TABLE "Failure" (
    "id" TEXT NOT NULL,
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
    "firstSeenAt" TIMESTAMP(3) NOT NULL,
    "lastSeenAt" TIMESTAMP(3) NOT NULL,
    "count" INTEGER NOT NULL,
    "heat" DOUBLE PRECISION NOT NULL,
    "rank" DOUBLE PRECISION NOT NULL,
    "state" TEXT NOT NULL,
    "stateSince" TIMESTAMP(3) NOT NULL,
    "stateBy" TEXT NOT NULL,
    "muteUntil" TIMESTAMP(3),
    "muteRate" DOUBLE PRECISION,
    "resolvedAt" TIMESTAMP(3),
    "lastSuccessAt" TIMESTAMP(3),
    "regressions" INTEGER NOT NULL,
    "assigneeId" TEXT,
    "version" INTEGER NOT NULL,

    CONSTRAINT "Failure_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "HandshakeEvent" (
    "id" TEXT NOT NULL,
    "failureId" TEXT NOT NULL,
    "at" TIMESTAMP(3) NOT NULL,
    "receivedAt" TIMESTAMP(3) NOT NULL,
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
    "lines" TEXT NOT NULL,

    CONSTRAINT "HandshakeEvent_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "FailureCertificate" (
    "certificateId" TEXT NOT NULL,
    "failureId" TEXT NOT NULL,

    CONSTRAINT "FailureCertificate_pkey" PRIMARY KEY ("certificateId","failureId")
);

-- CreateTable
CREATE TABLE "FailureChange" (
    "id" TEXT NOT NULL,
    "failureId" TEXT NOT NULL,
    "at" TIMESTAMP(3) NOT NULL,
    "what" TEXT NOT NULL,
    "actorName" TEXT NOT NULL,
    "why" TEXT NOT NULL,

    CONSTRAINT "FailureChange_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "FailureCount" (
    "failureId" TEXT NOT NULL,
    "hour" TIMESTAMP(3) NOT NULL,
    "count" INTEGER NOT NULL,

    CONSTRAINT "FailureCount_pkey" PRIMARY KEY ("failureId","hour")
);

-- CreateTable
CREATE TABLE "FailureHour" (
    "hour" TIMESTAMP(3) NOT NULL,
    "cause" TEXT NOT NULL,
    "proxyId" TEXT NOT NULL,
    "serviceId" TEXT NOT NULL,
    "count" INTEGER NOT NULL,

    CONSTRAINT "FailureHour_pkey" PRIMARY KEY ("hour","cause","proxyId","serviceId")
);

-- CreateTable
CREATE TABLE "FailureDay" (
    "day" TIMESTAMP(3) NOT NULL,
    "cause" TEXT NOT NULL,
    "proxyId" TEXT NOT NULL,
    "serviceId" TEXT NOT NULL,
    "count" INTEGER NOT NULL,

    CONSTRAINT "FailureDay_pkey" PRIMARY KEY ("day","cause","proxyId","serviceId")
);

-- CreateTable
CREATE TABLE "IngestBatch" (
    "proxyId" TEXT NOT NULL,
    "batchId" TEXT NOT NULL,
    "receivedAt" TIMESTAMP(3) NOT NULL,
    "taken" INTEGER NOT NULL,
    "matched" INTEGER NOT NULL,
    "ignored" INTEGER NOT NULL,
    "notUnderstood" INTEGER NOT NULL,

    CONSTRAINT "IngestBatch_pkey" PRIMARY KEY ("proxyId","batchId")
);

-- CreateTable
CREATE TABLE "NotUnderstood" (
    "id" TEXT NOT NULL,
    "proxyId" TEXT NOT NULL,
    "receivedAt" TIMESTAMP(3) NOT NULL,
    "line" TEXT NOT NULL,

    CONSTRAINT "NotUnderstood_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "HeldLine" (
    "id" TEXT NOT NULL,
    "proxyId" TEXT NOT NULL,
    "arrivedAt" TIMESTAMP(3) NOT NULL,
    "line" TEXT NOT NULL,

    CONSTRAINT "HeldLine_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "ProxyLog" (
    "proxyId" TEXT NOT NULL,
    "firstAt" TIMESTAMP(3) NOT NULL,
    "lastAt" TIMESTAMP(3) NOT NULL,
    "taken" BIGINT NOT NULL,
    "matched" BIGINT NOT NULL,
    "ignored" BIGINT NOT NULL,
    "notUnderstood" BIGINT NOT NULL,
    "misfit" TEXT NOT NULL,
    "misfitAt" TIMESTAMP(3),
    "missing" TEXT NOT NULL,
    "missingAt" TIMESTAMP(3),
    "failedAt" TIMESTAMP(3),
    "succeededAt" TIMESTAMP(3),

    CONSTRAINT "ProxyLog_pkey" PRIMARY KEY ("proxyId")
);

-- CreateTable
CREATE TABLE "EventStock" (
    "id" INTEGER NOT NULL,
    "events" BIGINT NOT NULL,
    "size" BIGINT NOT NULL,

    CONSTRAINT "EventStock_pkey" PRIMARY KEY ("id")
);

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

-- AddForeignKey
ALTER TABLE "FailureCertificate" ADD CONSTRAINT "FailureCertificate_failureId_fkey" FOREIGN KEY ("failureId") REFERENCES "Failure"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "FailureChange" ADD CONSTRAINT "FailureChange_failureId_fkey" FOREIGN KEY ("failureId") REFERENCES "Failure"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "FailureCount" ADD CONSTRAINT "FailureCount_failureId_fkey" FOREIGN KEY ("failureId") REFERENCES "Failure"("id") ON DELETE CASCADE ON UPDATE CASCADE;
