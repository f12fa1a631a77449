#!/usr/bin/env bash
# Creates the topics of MoodStream on a Kafka that is already there. Topics that exist are left as they are.
#
#   BOOTSTRAP_SERVERS  brokers to ask first            (127.0.0.1:9092)
#   REPLICATION        replicas of every topic         (1; a cluster of three or more brokers wants 3)
#   MIN_ISR            replicas that must have a record before it counts as written (1; with three replicas, 2)
#   MAX_MESSAGE_BYTES  largest record                  (1048576, as MoodStream:Kafka:MaxMessageBytes)
#   KAFKA_TOPICS       Kafka's own command for topics  (kafka-topics.sh)
#   COMMAND_CONFIG     properties file with the client's security settings, where the brokers ask for some
set -euo pipefail

bootstrap=${BOOTSTRAP_SERVERS:-127.0.0.1:9092}
replication=${REPLICATION:-1}
min_isr=${MIN_ISR:-1}
max_message_bytes=${MAX_MESSAGE_BYTES:-1048576}
topics=${KAFKA_TOPICS:-kafka-topics.sh}

# create NAME PARTITIONS RETENTION_MS; a retention of -1 keeps records for good
create() {
    "$topics" --bootstrap-server "$bootstrap" ${COMMAND_CONFIG:+--command-config "$COMMAND_CONFIG"} \
        --create --if-not-exists --topic "$1" --partitions "$2" --replication-factor "$replication" \
        --config "retention.ms=$3" --config "min.insync.replicas=$min_isr" \
        --config "max.message.bytes=$max_message_bytes" --config cleanup.policy=delete
}

create moodstream.images.v1     16 604800000
create moodstream.accepted.v1   16 2592000000
create moodstream.review.v1     16 7776000000
create moodstream.images.v1.dlq 4  7776000000
create moodstream.decisions.v1  16 -1
create moodstream.control.v1    1  -1
create moodstream.audit.v1      4  -1
