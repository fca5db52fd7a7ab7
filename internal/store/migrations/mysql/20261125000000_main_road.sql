-- +goose Up

-- Create "delivery_contents" table
CREATE TABLE `delivery_contents` (
  `id` varchar(40) NOT NULL,
  `document` mediumblob NOT NULL,
  `facts` mediumblob NOT NULL,
  `sha256` tinyblob NOT NULL,
  PRIMARY KEY (`id`)
) CHARSET utf8mb4 COLLATE utf8mb4_bin;
-- Create "journal_heads" table
CREATE TABLE `journal_heads` (
  `id` varchar(16) NOT NULL,
  `next` bigint NOT NULL,
  `epoch` bigint NOT NULL,
  `origin` varchar(40) NOT NULL,
  PRIMARY KEY (`id`)
) CHARSET utf8mb4 COLLATE utf8mb4_bin;
-- Create "agency_channels" table
CREATE TABLE `agency_channels` (
  `id` varchar(40) NOT NULL,
  `agency_id` varchar(40) NOT NULL,
  `rank` bigint NOT NULL,
  `kind` varchar(40) NOT NULL,
  `address` varchar(200) NOT NULL DEFAULT '',
  PRIMARY KEY (`id`),
  UNIQUE INDEX `agencychannel_agency_id_rank` (`agency_id`, `rank`)
) CHARSET utf8mb4 COLLATE utf8mb4_bin;
-- Create "waiting_rows" table
CREATE TABLE `waiting_rows` (
  `id` varchar(40) NOT NULL,
  `docket` varchar(15) NOT NULL,
  `order_number` varchar(64) NOT NULL DEFAULT '',
  `source_updated_at` datetime(6) NOT NULL,
  `received_at` datetime(6) NOT NULL,
  `row` mediumblob NOT NULL,
  PRIMARY KEY (`id`),
  UNIQUE INDEX `waitingrow_docket_order_number` (`docket`, `order_number`)
) CHARSET utf8mb4 COLLATE utf8mb4_bin;
-- Create "case_look_ups" table
CREATE TABLE `case_look_ups` (
  `id` varchar(40) NOT NULL,
  `account_id` varchar(40) NOT NULL,
  `case_id` varchar(40) NOT NULL,
  `looked_up_at` datetime(6) NOT NULL,
  PRIMARY KEY (`id`),
  INDEX `caselookup_account_id_case_id_looked_up_at` (`account_id`, `case_id`, `looked_up_at`)
) CHARSET utf8mb4 COLLATE utf8mb4_bin;
-- Create "courts" table
CREATE TABLE `courts` (
  `id` varchar(40) NOT NULL,
  `code` varchar(8) NOT NULL,
  `name` varchar(200) NOT NULL,
  `judicial_district` varchar(200) NOT NULL,
  `sits_at` varchar(200) NOT NULL,
  PRIMARY KEY (`id`),
  UNIQUE INDEX `code` (`code`)
) CHARSET utf8mb4 COLLATE utf8mb4_bin;
-- Create "registry_cases" table
CREATE TABLE `registry_cases` (
  `id` varchar(40) NOT NULL,
  `docket` varchar(15) NOT NULL,
  `court_code` varchar(8) NOT NULL,
  `provisional` bool NOT NULL DEFAULT false,
  `opened_at` datetime(6) NOT NULL,
  `daybook_updated_at` datetime(6) NULL,
  `next_sequence` bigint NOT NULL DEFAULT 1,
  `last_recorded_at` datetime(6) NOT NULL,
  `respondent_first_name` varchar(200) NOT NULL,
  `respondent_last_name` varchar(200) NOT NULL,
  `respondent_key` varchar(400) NOT NULL,
  `order_kind` varchar(40) NULL,
  `hearing_at` datetime(6) NULL,
  `hearing_courtroom` varchar(200) NOT NULL DEFAULT '',
  `hearing_set_at` datetime(6) NULL,
  `hearing_sort` datetime(6) NOT NULL,
  `last_timely_day` varchar(10) NULL,
  `service_status` varchar(40) NOT NULL,
  `served_at` datetime(6) NULL,
  `served_in_time` bool NULL,
  `report_made` bool NOT NULL DEFAULT false,
  `holder_officer_id` varchar(40) NULL,
  `latest_activity_id` varchar(40) NULL,
  `latest_activity_at` datetime(6) NOT NULL,
  PRIMARY KEY (`id`),
  UNIQUE INDEX `docket` (`docket`),
  INDEX `registrycase_hearing_sort_id` (`hearing_sort`, `id`),
  INDEX `registrycase_court_code_hearing_sort_id` (`court_code`, `hearing_sort`, `id`),
  INDEX `registrycase_holder_officer_id_hearing_sort_id` (`holder_officer_id`, `hearing_sort`, `id`),
  INDEX `registrycase_respondent_key_id` (`respondent_key`, `id`),
  INDEX `registrycase_latest_activity_at_id` (`latest_activity_at`, `id`)
) CHARSET utf8mb4 COLLATE utf8mb4_bin;
-- Create "accounts" table
CREATE TABLE `accounts` (
  `id` varchar(40) NOT NULL,
  `name` varchar(64) NOT NULL,
  `display_name` varchar(200) NOT NULL,
  `status` varchar(40) NOT NULL,
  `roles` json NOT NULL,
  `court_codes` json NULL,
  `officer_id` varchar(40) NULL,
  `agreement_signed_at` datetime(6) NULL,
  `created_at` datetime(6) NOT NULL,
  PRIMARY KEY (`id`),
  UNIQUE INDEX `name` (`name`),
  INDEX `account_officer_id` (`officer_id`)
) CHARSET utf8mb4 COLLATE utf8mb4_bin;
-- Create "settings" table
CREATE TABLE `settings` (
  `id` varchar(40) NOT NULL,
  `value` varchar(1000) NOT NULL,
  PRIMARY KEY (`id`)
) CHARSET utf8mb4 COLLATE utf8mb4_bin;
-- Create "switch_answers" table
CREATE TABLE `switch_answers` (
  `id` varchar(40) NOT NULL,
  `control_number` varchar(40) NOT NULL DEFAULT '',
  `kind` varchar(40) NOT NULL DEFAULT '',
  `why` varchar(200) NOT NULL,
  `raw` mediumtext NOT NULL,
  `received_at` datetime(6) NOT NULL,
  PRIMARY KEY (`id`),
  INDEX `switchanswer_received_at_id` (`received_at`, `id`)
) CHARSET utf8mb4 COLLATE utf8mb4_bin;
-- Create "agency_coverages" table
CREATE TABLE `agency_coverages` (
  `id` varchar(40) NOT NULL,
  `agency_id` varchar(40) NOT NULL,
  `town_number` bigint NOT NULL,
  `place` varchar(200) NOT NULL DEFAULT '',
  PRIMARY KEY (`id`),
  UNIQUE INDEX `agencycoverage_town_number_agency_id_place` (`town_number`, `agency_id`, `place`)
) CHARSET utf8mb4 COLLATE utf8mb4_bin;
-- Create "journal_pendings" table
CREATE TABLE `journal_pendings` (
  `id` varchar(40) NOT NULL,
  `case_key` varchar(40) NOT NULL DEFAULT '',
  `sequence` bigint NOT NULL,
  `step` bigint NOT NULL,
  PRIMARY KEY (`id`),
  INDEX `journalpending_case_key_sequence_step` (`case_key`, `sequence`, `step`)
) CHARSET utf8mb4 COLLATE utf8mb4_bin;
-- Create "journal_positions" table
CREATE TABLE `journal_positions` (
  `id` bigint NOT NULL,
  `record_id` varchar(40) NOT NULL,
  `leaf` tinyblob NOT NULL,
  `numbered_at` datetime(6) NOT NULL,
  PRIMARY KEY (`id`),
  UNIQUE INDEX `record_id` (`record_id`)
) CHARSET utf8mb4 COLLATE utf8mb4_bin;
-- Create "journal_records" table
CREATE TABLE `journal_records` (
  `id` varchar(40) NOT NULL,
  `kind` varchar(40) NOT NULL,
  `case_id` varchar(40) NULL,
  `about_id` varchar(40) NULL,
  `account_id` varchar(40) NULL,
  `actor` varchar(200) NOT NULL,
  `facts` blob NULL,
  `recorded_at` datetime(6) NOT NULL,
  `salt` tinyblob NOT NULL,
  PRIMARY KEY (`id`),
  INDEX `journalrecord_case_id_recorded_at` (`case_id`, `recorded_at`)
) CHARSET utf8mb4 COLLATE utf8mb4_bin;
-- Create "law_enforcement_agencies" table
CREATE TABLE `law_enforcement_agencies` (
  `id` varchar(40) NOT NULL,
  `ori` varchar(9) NOT NULL,
  `name` varchar(200) NOT NULL,
  `kind` varchar(40) NOT NULL,
  PRIMARY KEY (`id`),
  UNIQUE INDEX `ori` (`ori`)
) CHARSET utf8mb4 COLLATE utf8mb4_bin;
-- Create "towns" table
CREATE TABLE `towns` (
  `id` varchar(40) NOT NULL,
  `number` bigint NOT NULL,
  `name` varchar(200) NOT NULL,
  `county` varchar(200) NOT NULL,
  `judicial_district` varchar(200) NOT NULL,
  `troop` varchar(4) NOT NULL,
  PRIMARY KEY (`id`),
  UNIQUE INDEX `number` (`number`)
) CHARSET utf8mb4 COLLATE utf8mb4_bin;
-- Create "registry_rows" table
CREATE TABLE `registry_rows` (
  `id` varchar(40) NOT NULL,
  `order_number` varchar(64) NOT NULL DEFAULT '',
  `source_updated_at` datetime(6) NOT NULL,
  `recorded_at` datetime(6) NOT NULL,
  `sequence` bigint NOT NULL,
  `record_id` varchar(40) NOT NULL,
  `content_sha256` tinyblob NOT NULL,
  `order_kind` varchar(40) NOT NULL,
  `addresses_confidential` bool NOT NULL DEFAULT false,
  `case_id` varchar(40) NOT NULL,
  PRIMARY KEY (`id`),
  INDEX `registryrow_case_id_order_number_source_updated_at` (`case_id`, `order_number`, `source_updated_at`),
  CONSTRAINT `registry_rows_registry_cases_registry_case` FOREIGN KEY (`case_id`) REFERENCES `registry_cases` (`id`) ON DELETE NO ACTION
) CHARSET utf8mb4 COLLATE utf8mb4_bin;
-- Create "addresses" table
CREATE TABLE `addresses` (
  `id` varchar(40) NOT NULL,
  `reason` varchar(40) NOT NULL,
  `protected_person_id` varchar(40) NULL,
  `street` varchar(200) NOT NULL DEFAULT '',
  `town` varchar(200) NOT NULL DEFAULT '',
  `state` varchar(200) NOT NULL DEFAULT '',
  `zip` varchar(20) NOT NULL DEFAULT '',
  `case_id` varchar(40) NOT NULL,
  `row_id` varchar(40) NOT NULL,
  PRIMARY KEY (`id`),
  INDEX `address_case_id` (`case_id`),
  INDEX `address_row_id` (`row_id`),
  CONSTRAINT `addresses_registry_cases_registry_case` FOREIGN KEY (`case_id`) REFERENCES `registry_cases` (`id`) ON DELETE NO ACTION,
  CONSTRAINT `addresses_registry_rows_row` FOREIGN KEY (`row_id`) REFERENCES `registry_rows` (`id`) ON DELETE NO ACTION
) CHARSET utf8mb4 COLLATE utf8mb4_bin;
-- Create "deliveries" table
CREATE TABLE `deliveries` (
  `id` varchar(40) NOT NULL,
  `activity_id` varchar(40) NULL,
  `sequence` bigint NOT NULL,
  `recipient_kind` varchar(40) NOT NULL,
  `recipient_key` varchar(64) NOT NULL,
  `agency_id` varchar(40) NULL,
  `order_number` varchar(64) NOT NULL DEFAULT '',
  `reasons` json NULL,
  `replaces_id` varchar(40) NULL,
  `state` varchar(40) NOT NULL,
  `waiting_for` varchar(40) NULL,
  `version` bigint NOT NULL DEFAULT 1,
  `channel` varchar(40) NULL,
  `control_number` varchar(40) NULL,
  `next_at` datetime(6) NOT NULL,
  `attempt_count` bigint NOT NULL DEFAULT 0,
  `due_by` datetime(6) NOT NULL,
  `created_at` datetime(6) NOT NULL,
  `sent_at` datetime(6) NULL,
  `confirmed_at` datetime(6) NULL,
  `verified_at` datetime(6) NULL,
  `case_id` varchar(40) NOT NULL,
  PRIMARY KEY (`id`),
  UNIQUE INDEX `delivery_activity_id_recipient_kind_recipient_key` (`activity_id`, `recipient_kind`, `recipient_key`),
  UNIQUE INDEX `delivery_control_number` (`control_number`),
  INDEX `delivery_next_at_id` (`next_at`, `id`),
  INDEX `delivery_case_id_created_at_id` (`case_id`, `created_at`, `id`),
  INDEX `delivery_agency_id_created_at` (`agency_id`, `created_at`),
  INDEX `delivery_created_at_id` (`created_at`, `id`),
  CONSTRAINT `deliveries_registry_cases_registry_case` FOREIGN KEY (`case_id`) REFERENCES `registry_cases` (`id`) ON DELETE NO ACTION
) CHARSET utf8mb4 COLLATE utf8mb4_bin;
-- Create "delivery_attempts" table
CREATE TABLE `delivery_attempts` (
  `id` varchar(40) NOT NULL,
  `number` bigint NOT NULL,
  `channel` varchar(40) NOT NULL,
  `started_at` datetime(6) NOT NULL,
  `ended_at` datetime(6) NULL,
  `outcome` varchar(40) NOT NULL,
  `detail` varchar(1000) NOT NULL DEFAULT '',
  `content_sha256` tinyblob NULL,
  `delivery_id` varchar(40) NOT NULL,
  PRIMARY KEY (`id`),
  UNIQUE INDEX `deliveryattempt_delivery_id_number` (`delivery_id`, `number`),
  CONSTRAINT `delivery_attempts_deliveries_delivery` FOREIGN KEY (`delivery_id`) REFERENCES `deliveries` (`id`) ON DELETE NO ACTION
) CHARSET utf8mb4 COLLATE utf8mb4_bin;
-- Create "hearings" table
CREATE TABLE `hearings` (
  `id` varchar(40) NOT NULL,
  `scheduled_for` datetime(6) NOT NULL,
  `courtroom` varchar(200) NOT NULL DEFAULT '',
  `source_updated_at` datetime(6) NOT NULL,
  `recorded_at` datetime(6) NOT NULL,
  `case_id` varchar(40) NOT NULL,
  `row_id` varchar(40) NOT NULL,
  PRIMARY KEY (`id`),
  INDEX `hearing_case_id` (`case_id`),
  INDEX `hearing_row_id` (`row_id`),
  CONSTRAINT `hearings_registry_cases_registry_case` FOREIGN KEY (`case_id`) REFERENCES `registry_cases` (`id`) ON DELETE NO ACTION,
  CONSTRAINT `hearings_registry_rows_row` FOREIGN KEY (`row_id`) REFERENCES `registry_rows` (`id`) ON DELETE NO ACTION
) CHARSET utf8mb4 COLLATE utf8mb4_bin;
-- Create "protected_persons" table
CREATE TABLE `protected_persons` (
  `id` varchar(40) NOT NULL,
  `first_name` varchar(200) NOT NULL,
  `last_name` varchar(200) NOT NULL,
  `case_id` varchar(40) NOT NULL,
  `row_id` varchar(40) NOT NULL,
  PRIMARY KEY (`id`),
  INDEX `protectedperson_case_id` (`case_id`),
  INDEX `protectedperson_row_id` (`row_id`),
  CONSTRAINT `protected_persons_registry_cases_registry_case` FOREIGN KEY (`case_id`) REFERENCES `registry_cases` (`id`) ON DELETE NO ACTION,
  CONSTRAINT `protected_persons_registry_rows_row` FOREIGN KEY (`row_id`) REFERENCES `registry_rows` (`id`) ON DELETE NO ACTION
) CHARSET utf8mb4 COLLATE utf8mb4_bin;
-- Create "protection_orders" table
CREATE TABLE `protection_orders` (
  `id` varchar(40) NOT NULL,
  `number` varchar(64) NOT NULL,
  `kind` varchar(40) NOT NULL,
  `issued_at` datetime(6) NULL,
  `ex_parte` bool NOT NULL DEFAULT false,
  `expires_on` varchar(10) NULL,
  `picked_up_at` datetime(6) NULL,
  `outcome` varchar(40) NULL,
  `outcome_reason` varchar(40) NULL,
  `state_file_number` varchar(64) NOT NULL DEFAULT '',
  `national_file_number` varchar(64) NOT NULL DEFAULT '',
  `case_id` varchar(40) NOT NULL,
  `row_id` varchar(40) NOT NULL,
  PRIMARY KEY (`id`),
  INDEX `protectionorder_case_id` (`case_id`),
  INDEX `protectionorder_row_id` (`row_id`),
  CONSTRAINT `protection_orders_registry_cases_registry_case` FOREIGN KEY (`case_id`) REFERENCES `registry_cases` (`id`) ON DELETE NO ACTION,
  CONSTRAINT `protection_orders_registry_rows_row` FOREIGN KEY (`row_id`) REFERENCES `registry_rows` (`id`) ON DELETE NO ACTION
) CHARSET utf8mb4 COLLATE utf8mb4_bin;
-- Create "registry_entries" table
CREATE TABLE `registry_entries` (
  `id` varchar(40) NOT NULL,
  `activity_id` varchar(40) NOT NULL,
  `officer_name` varchar(400) NOT NULL,
  `kind` varchar(40) NOT NULL,
  `occurred_at` datetime(6) NOT NULL,
  `recorded_at` datetime(6) NOT NULL,
  `case_id` varchar(40) NOT NULL,
  PRIMARY KEY (`id`),
  UNIQUE INDEX `registryentry_activity_id` (`activity_id`),
  CONSTRAINT `registry_entries_registry_cases_registry_case` FOREIGN KEY (`case_id`) REFERENCES `registry_cases` (`id`) ON DELETE NO ACTION
) CHARSET utf8mb4 COLLATE utf8mb4_bin;
-- Create "respondents" table
CREATE TABLE `respondents` (
  `id` varchar(40) NOT NULL,
  `first_name` varchar(200) NOT NULL,
  `last_name` varchar(200) NOT NULL,
  `case_id` varchar(40) NOT NULL,
  `row_id` varchar(40) NOT NULL,
  PRIMARY KEY (`id`),
  INDEX `respondent_case_id` (`case_id`),
  INDEX `respondent_row_id` (`row_id`),
  CONSTRAINT `respondents_registry_cases_registry_case` FOREIGN KEY (`case_id`) REFERENCES `registry_cases` (`id`) ON DELETE NO ACTION,
  CONSTRAINT `respondents_registry_rows_row` FOREIGN KEY (`row_id`) REFERENCES `registry_rows` (`id`) ON DELETE NO ACTION
) CHARSET utf8mb4 COLLATE utf8mb4_bin;
-- Create "officers" table
CREATE TABLE `officers` (
  `id` varchar(40) NOT NULL,
  `first_name` varchar(200) NOT NULL,
  `last_name` varchar(200) NOT NULL,
  `name_key` varchar(400) NOT NULL,
  `kind` varchar(40) NOT NULL,
  `county` varchar(200) NOT NULL DEFAULT '',
  `active` bool NOT NULL DEFAULT true,
  PRIMARY KEY (`id`),
  INDEX `officer_name_key_id` (`name_key`, `id`)
) CHARSET utf8mb4 COLLATE utf8mb4_bin;
-- Create "service_activities" table
CREATE TABLE `service_activities` (
  `id` varchar(40) NOT NULL,
  `sequence` bigint NOT NULL,
  `kind` varchar(40) NOT NULL,
  `occurred_at` datetime(6) NOT NULL,
  `recorded_at` datetime(6) NOT NULL,
  `account_id` varchar(40) NOT NULL,
  `recorded_by_name` varchar(200) NOT NULL,
  `recorded_by_role` varchar(40) NOT NULL,
  `idempotency_key` varchar(64) NOT NULL,
  `content_sha256` tinyblob NOT NULL,
  `note` mediumtext NULL,
  `method` varchar(40) NULL,
  `police_assistance_requested` bool NULL,
  `recorded_late` bool NULL,
  `recording_delay_minutes` bigint NULL,
  `reason` varchar(40) NULL,
  `detail` mediumtext NULL,
  `no_further_attempt` bool NOT NULL DEFAULT false,
  `writ_date` varchar(10) NULL,
  `from_officer_id` varchar(40) NULL,
  `to_officer_id` varchar(40) NULL,
  `to_officer_name` varchar(200) NOT NULL DEFAULT '',
  `about` json NULL,
  `text` mediumtext NULL,
  `corrects_id` varchar(40) NULL,
  `correction_reason` mediumtext NULL,
  `withdrawal_reason` mediumtext NULL,
  `reported_via` varchar(40) NULL,
  `reported_at` datetime(6) NULL,
  `device_submitted_at` datetime(6) NULL,
  `device_sent_at` datetime(6) NULL,
  `case_id` varchar(40) NOT NULL,
  `officer_id` varchar(40) NOT NULL,
  PRIMARY KEY (`id`),
  UNIQUE INDEX `serviceactivity_case_id_sequence` (`case_id`, `sequence`),
  UNIQUE INDEX `serviceactivity_account_id_idempotency_key` (`account_id`, `idempotency_key`),
  UNIQUE INDEX `serviceactivity_corrects_id` (`corrects_id`),
  INDEX `serviceactivity_officer_id_recorded_at_id` (`officer_id`, `recorded_at`, `id`),
  INDEX `serviceactivity_to_officer_id` (`to_officer_id`),
  INDEX `serviceactivity_recorded_at_id` (`recorded_at`, `id`),
  CONSTRAINT `service_activities_registry_cases_registry_case` FOREIGN KEY (`case_id`) REFERENCES `registry_cases` (`id`) ON DELETE NO ACTION,
  CONSTRAINT `service_activities_officers_officer` FOREIGN KEY (`officer_id`) REFERENCES `officers` (`id`) ON DELETE NO ACTION
) CHARSET utf8mb4 COLLATE utf8mb4_bin;
-- Create "transfer_acknowledgements" table
CREATE TABLE `transfer_acknowledgements` (
  `id` varchar(40) NOT NULL,
  `activity_id` varchar(40) NOT NULL,
  `account_id` varchar(40) NOT NULL,
  `acknowledged_at` datetime(6) NOT NULL,
  `case_id` varchar(40) NOT NULL,
  PRIMARY KEY (`id`),
  UNIQUE INDEX `transferacknowledgement_activity_id` (`activity_id`),
  CONSTRAINT `transfer_acknowledgements_registry_cases_registry_case` FOREIGN KEY (`case_id`) REFERENCES `registry_cases` (`id`) ON DELETE NO ACTION
) CHARSET utf8mb4 COLLATE utf8mb4_bin;
-- Create "unrouted_addresses" table
CREATE TABLE `unrouted_addresses` (
  `id` varchar(40) NOT NULL,
  `activity_id` varchar(40) NOT NULL,
  `address_key` varchar(40) NOT NULL DEFAULT '',
  `reason` varchar(40) NOT NULL,
  `suggestion` varchar(200) NOT NULL DEFAULT '',
  `noticed_at` datetime(6) NOT NULL,
  `resolved_at` datetime(6) NULL,
  `case_id` varchar(40) NOT NULL,
  PRIMARY KEY (`id`),
  UNIQUE INDEX `unroutedaddress_activity_id_address_key` (`activity_id`, `address_key`),
  INDEX `unroutedaddress_case_id` (`case_id`),
  INDEX `unroutedaddress_resolved_at_noticed_at` (`resolved_at`, `noticed_at`),
  CONSTRAINT `unrouted_addresses_registry_cases_registry_case` FOREIGN KEY (`case_id`) REFERENCES `registry_cases` (`id`) ON DELETE NO ACTION
) CHARSET utf8mb4 COLLATE utf8mb4_bin;
