-- +goose Up

-- Create "accounts" table
CREATE TABLE `accounts` (
  `id` text NOT NULL,
  `name` text NOT NULL,
  `display_name` text NOT NULL,
  `status` text NOT NULL,
  `roles` json NOT NULL,
  `court_codes` json NULL,
  `officer_id` text NULL,
  `agreement_signed_at` datetime NULL,
  `created_at` datetime NOT NULL,
  PRIMARY KEY (`id`)
);
-- Create index "accounts_name_key" to table: "accounts"
CREATE UNIQUE INDEX `accounts_name_key` ON `accounts` (`name`);
-- Create index "account_officer_id" to table: "accounts"
CREATE INDEX `account_officer_id` ON `accounts` (`officer_id`);
-- Create "addresses" table
CREATE TABLE `addresses` (
  `id` text NOT NULL,
  `reason` text NOT NULL,
  `protected_person_id` text NULL,
  `street` text NOT NULL DEFAULT (''),
  `town` text NOT NULL DEFAULT (''),
  `state` text NOT NULL DEFAULT (''),
  `zip` text NOT NULL DEFAULT (''),
  `case_id` text NOT NULL,
  `row_id` text NOT NULL,
  PRIMARY KEY (`id`),
  CONSTRAINT `addresses_registry_cases_registry_case` FOREIGN KEY (`case_id`) REFERENCES `registry_cases` (`id`) ON DELETE NO ACTION,
  CONSTRAINT `addresses_registry_rows_row` FOREIGN KEY (`row_id`) REFERENCES `registry_rows` (`id`) ON DELETE NO ACTION
);
-- Create index "address_case_id" to table: "addresses"
CREATE INDEX `address_case_id` ON `addresses` (`case_id`);
-- Create index "address_row_id" to table: "addresses"
CREATE INDEX `address_row_id` ON `addresses` (`row_id`);
-- Create "agency_channels" table
CREATE TABLE `agency_channels` (
  `id` text NOT NULL,
  `agency_id` text NOT NULL,
  `rank` integer NOT NULL,
  `kind` text NOT NULL,
  `address` text NOT NULL DEFAULT (''),
  PRIMARY KEY (`id`)
);
-- Create index "agencychannel_agency_id_rank" to table: "agency_channels"
CREATE UNIQUE INDEX `agencychannel_agency_id_rank` ON `agency_channels` (`agency_id`, `rank`);
-- Create "agency_coverages" table
CREATE TABLE `agency_coverages` (
  `id` text NOT NULL,
  `agency_id` text NOT NULL,
  `town_number` integer NOT NULL,
  `place` text NOT NULL DEFAULT (''),
  PRIMARY KEY (`id`)
);
-- Create index "agencycoverage_town_number_agency_id_place" to table: "agency_coverages"
CREATE UNIQUE INDEX `agencycoverage_town_number_agency_id_place` ON `agency_coverages` (`town_number`, `agency_id`, `place`);
-- Create "case_look_ups" table
CREATE TABLE `case_look_ups` (
  `id` text NOT NULL,
  `account_id` text NOT NULL,
  `case_id` text NOT NULL,
  `looked_up_at` datetime NOT NULL,
  PRIMARY KEY (`id`)
);
-- Create index "caselookup_account_id_case_id_looked_up_at" to table: "case_look_ups"
CREATE INDEX `caselookup_account_id_case_id_looked_up_at` ON `case_look_ups` (`account_id`, `case_id`, `looked_up_at`);
-- Create "courts" table
CREATE TABLE `courts` (
  `id` text NOT NULL,
  `code` text NOT NULL,
  `name` text NOT NULL,
  `judicial_district` text NOT NULL,
  `sits_at` text NOT NULL,
  PRIMARY KEY (`id`)
);
-- Create index "courts_code_key" to table: "courts"
CREATE UNIQUE INDEX `courts_code_key` ON `courts` (`code`);
-- Create "deliveries" table
CREATE TABLE `deliveries` (
  `id` text NOT NULL,
  `activity_id` text NULL,
  `sequence` integer NOT NULL,
  `recipient_kind` text NOT NULL,
  `recipient_key` text NOT NULL,
  `agency_id` text NULL,
  `order_number` text NOT NULL DEFAULT (''),
  `reasons` json NULL,
  `replaces_id` text NULL,
  `state` text NOT NULL,
  `waiting_for` text NULL,
  `version` integer NOT NULL DEFAULT (1),
  `channel` text NULL,
  `control_number` text NULL,
  `next_at` datetime NOT NULL,
  `attempt_count` integer NOT NULL DEFAULT (0),
  `due_by` datetime NOT NULL,
  `created_at` datetime NOT NULL,
  `sent_at` datetime NULL,
  `confirmed_at` datetime NULL,
  `verified_at` datetime NULL,
  `case_id` text NOT NULL,
  PRIMARY KEY (`id`),
  CONSTRAINT `deliveries_registry_cases_registry_case` FOREIGN KEY (`case_id`) REFERENCES `registry_cases` (`id`) ON DELETE NO ACTION
);
-- Create index "delivery_activity_id_recipient_kind_recipient_key" to table: "deliveries"
CREATE UNIQUE INDEX `delivery_activity_id_recipient_kind_recipient_key` ON `deliveries` (`activity_id`, `recipient_kind`, `recipient_key`);
-- Create index "delivery_control_number" to table: "deliveries"
CREATE UNIQUE INDEX `delivery_control_number` ON `deliveries` (`control_number`);
-- Create index "delivery_next_at_id" to table: "deliveries"
CREATE INDEX `delivery_next_at_id` ON `deliveries` (`next_at`, `id`);
-- Create index "delivery_case_id_created_at_id" to table: "deliveries"
CREATE INDEX `delivery_case_id_created_at_id` ON `deliveries` (`case_id`, `created_at`, `id`);
-- Create index "delivery_agency_id_created_at" to table: "deliveries"
CREATE INDEX `delivery_agency_id_created_at` ON `deliveries` (`agency_id`, `created_at`);
-- Create index "delivery_created_at_id" to table: "deliveries"
CREATE INDEX `delivery_created_at_id` ON `deliveries` (`created_at`, `id`);
-- Create "delivery_attempts" table
CREATE TABLE `delivery_attempts` (
  `id` text NOT NULL,
  `number` integer NOT NULL,
  `channel` text NOT NULL,
  `started_at` datetime NOT NULL,
  `ended_at` datetime NULL,
  `outcome` text NOT NULL,
  `detail` text NOT NULL DEFAULT (''),
  `content_sha256` blob NULL,
  `delivery_id` text NOT NULL,
  PRIMARY KEY (`id`),
  CONSTRAINT `delivery_attempts_deliveries_delivery` FOREIGN KEY (`delivery_id`) REFERENCES `deliveries` (`id`) ON DELETE NO ACTION
);
-- Create index "deliveryattempt_delivery_id_number" to table: "delivery_attempts"
CREATE UNIQUE INDEX `deliveryattempt_delivery_id_number` ON `delivery_attempts` (`delivery_id`, `number`);
-- Create "delivery_contents" table
CREATE TABLE `delivery_contents` (
  `id` text NOT NULL,
  `document` blob NOT NULL,
  `facts` blob NOT NULL,
  `sha256` blob NOT NULL,
  PRIMARY KEY (`id`)
);
-- Create "hearings" table
CREATE TABLE `hearings` (
  `id` text NOT NULL,
  `scheduled_for` datetime NOT NULL,
  `courtroom` text NOT NULL DEFAULT (''),
  `source_updated_at` datetime NOT NULL,
  `recorded_at` datetime NOT NULL,
  `case_id` text NOT NULL,
  `row_id` text NOT NULL,
  PRIMARY KEY (`id`),
  CONSTRAINT `hearings_registry_cases_registry_case` FOREIGN KEY (`case_id`) REFERENCES `registry_cases` (`id`) ON DELETE NO ACTION,
  CONSTRAINT `hearings_registry_rows_row` FOREIGN KEY (`row_id`) REFERENCES `registry_rows` (`id`) ON DELETE NO ACTION
);
-- Create index "hearing_case_id" to table: "hearings"
CREATE INDEX `hearing_case_id` ON `hearings` (`case_id`);
-- Create index "hearing_row_id" to table: "hearings"
CREATE INDEX `hearing_row_id` ON `hearings` (`row_id`);
-- Create "journal_heads" table
CREATE TABLE `journal_heads` (
  `id` text NOT NULL,
  `next` integer NOT NULL,
  `epoch` integer NOT NULL,
  `origin` text NOT NULL,
  PRIMARY KEY (`id`)
);
-- Create "journal_pendings" table
CREATE TABLE `journal_pendings` (
  `id` text NOT NULL,
  `case_key` text NOT NULL DEFAULT (''),
  `sequence` integer NOT NULL,
  `step` integer NOT NULL,
  PRIMARY KEY (`id`)
);
-- Create index "journalpending_case_key_sequence_step" to table: "journal_pendings"
CREATE INDEX `journalpending_case_key_sequence_step` ON `journal_pendings` (`case_key`, `sequence`, `step`);
-- Create "journal_positions" table
CREATE TABLE `journal_positions` (
  `id` integer NOT NULL,
  `record_id` text NOT NULL,
  `leaf` blob NOT NULL,
  `numbered_at` datetime NOT NULL,
  PRIMARY KEY (`id`)
);
-- Create index "journal_positions_record_id_key" to table: "journal_positions"
CREATE UNIQUE INDEX `journal_positions_record_id_key` ON `journal_positions` (`record_id`);
-- Create "journal_records" table
CREATE TABLE `journal_records` (
  `id` text NOT NULL,
  `kind` text NOT NULL,
  `case_id` text NULL,
  `about_id` text NULL,
  `account_id` text NULL,
  `actor` text NOT NULL,
  `facts` blob NULL,
  `recorded_at` datetime NOT NULL,
  `salt` blob NOT NULL,
  PRIMARY KEY (`id`)
);
-- Create index "journalrecord_case_id_recorded_at" to table: "journal_records"
CREATE INDEX `journalrecord_case_id_recorded_at` ON `journal_records` (`case_id`, `recorded_at`);
-- Create "law_enforcement_agencies" table
CREATE TABLE `law_enforcement_agencies` (
  `id` text NOT NULL,
  `ori` text NOT NULL,
  `name` text NOT NULL,
  `kind` text NOT NULL,
  PRIMARY KEY (`id`)
);
-- Create index "law_enforcement_agencies_ori_key" to table: "law_enforcement_agencies"
CREATE UNIQUE INDEX `law_enforcement_agencies_ori_key` ON `law_enforcement_agencies` (`ori`);
-- Create "officers" table
CREATE TABLE `officers` (
  `id` text NOT NULL,
  `first_name` text NOT NULL,
  `last_name` text NOT NULL,
  `name_key` text NOT NULL,
  `kind` text NOT NULL,
  `county` text NOT NULL DEFAULT (''),
  `active` bool NOT NULL DEFAULT (true),
  PRIMARY KEY (`id`)
);
-- Create index "officer_name_key_id" to table: "officers"
CREATE INDEX `officer_name_key_id` ON `officers` (`name_key`, `id`);
-- Create "protected_persons" table
CREATE TABLE `protected_persons` (
  `id` text NOT NULL,
  `first_name` text NOT NULL,
  `last_name` text NOT NULL,
  `case_id` text NOT NULL,
  `row_id` text NOT NULL,
  PRIMARY KEY (`id`),
  CONSTRAINT `protected_persons_registry_cases_registry_case` FOREIGN KEY (`case_id`) REFERENCES `registry_cases` (`id`) ON DELETE NO ACTION,
  CONSTRAINT `protected_persons_registry_rows_row` FOREIGN KEY (`row_id`) REFERENCES `registry_rows` (`id`) ON DELETE NO ACTION
);
-- Create index "protectedperson_case_id" to table: "protected_persons"
CREATE INDEX `protectedperson_case_id` ON `protected_persons` (`case_id`);
-- Create index "protectedperson_row_id" to table: "protected_persons"
CREATE INDEX `protectedperson_row_id` ON `protected_persons` (`row_id`);
-- Create "protection_orders" table
CREATE TABLE `protection_orders` (
  `id` text NOT NULL,
  `number` text NOT NULL,
  `kind` text NOT NULL,
  `issued_at` datetime NULL,
  `ex_parte` bool NOT NULL DEFAULT (false),
  `expires_on` text NULL,
  `picked_up_at` datetime NULL,
  `outcome` text NULL,
  `outcome_reason` text NULL,
  `state_file_number` text NOT NULL DEFAULT (''),
  `national_file_number` text NOT NULL DEFAULT (''),
  `case_id` text NOT NULL,
  `row_id` text NOT NULL,
  PRIMARY KEY (`id`),
  CONSTRAINT `protection_orders_registry_cases_registry_case` FOREIGN KEY (`case_id`) REFERENCES `registry_cases` (`id`) ON DELETE NO ACTION,
  CONSTRAINT `protection_orders_registry_rows_row` FOREIGN KEY (`row_id`) REFERENCES `registry_rows` (`id`) ON DELETE NO ACTION
);
-- Create index "protectionorder_case_id" to table: "protection_orders"
CREATE INDEX `protectionorder_case_id` ON `protection_orders` (`case_id`);
-- Create index "protectionorder_row_id" to table: "protection_orders"
CREATE INDEX `protectionorder_row_id` ON `protection_orders` (`row_id`);
-- Create "registry_cases" table
CREATE TABLE `registry_cases` (
  `id` text NOT NULL,
  `docket` text NOT NULL,
  `court_code` text NOT NULL,
  `provisional` bool NOT NULL DEFAULT (false),
  `opened_at` datetime NOT NULL,
  `daybook_updated_at` datetime NULL,
  `next_sequence` integer NOT NULL DEFAULT (1),
  `last_recorded_at` datetime NOT NULL,
  `respondent_first_name` text NOT NULL,
  `respondent_last_name` text NOT NULL,
  `respondent_key` text NOT NULL,
  `order_kind` text NULL,
  `hearing_at` datetime NULL,
  `hearing_courtroom` text NOT NULL DEFAULT (''),
  `hearing_set_at` datetime NULL,
  `hearing_sort` datetime NOT NULL,
  `last_timely_day` text NULL,
  `service_status` text NOT NULL,
  `served_at` datetime NULL,
  `served_in_time` bool NULL,
  `report_made` bool NOT NULL DEFAULT (false),
  `holder_officer_id` text NULL,
  `latest_activity_id` text NULL,
  `latest_activity_at` datetime NOT NULL,
  PRIMARY KEY (`id`)
);
-- Create index "registry_cases_docket_key" to table: "registry_cases"
CREATE UNIQUE INDEX `registry_cases_docket_key` ON `registry_cases` (`docket`);
-- Create index "registrycase_hearing_sort_id" to table: "registry_cases"
CREATE INDEX `registrycase_hearing_sort_id` ON `registry_cases` (`hearing_sort`, `id`);
-- Create index "registrycase_court_code_hearing_sort_id" to table: "registry_cases"
CREATE INDEX `registrycase_court_code_hearing_sort_id` ON `registry_cases` (`court_code`, `hearing_sort`, `id`);
-- Create index "registrycase_holder_officer_id_hearing_sort_id" to table: "registry_cases"
CREATE INDEX `registrycase_holder_officer_id_hearing_sort_id` ON `registry_cases` (`holder_officer_id`, `hearing_sort`, `id`);
-- Create index "registrycase_respondent_key_id" to table: "registry_cases"
CREATE INDEX `registrycase_respondent_key_id` ON `registry_cases` (`respondent_key`, `id`);
-- Create index "registrycase_latest_activity_at_id" to table: "registry_cases"
CREATE INDEX `registrycase_latest_activity_at_id` ON `registry_cases` (`latest_activity_at`, `id`);
-- Create "registry_entries" table
CREATE TABLE `registry_entries` (
  `id` text NOT NULL,
  `activity_id` text NOT NULL,
  `officer_name` text NOT NULL,
  `kind` text NOT NULL,
  `occurred_at` datetime NOT NULL,
  `recorded_at` datetime NOT NULL,
  `case_id` text NOT NULL,
  PRIMARY KEY (`id`),
  CONSTRAINT `registry_entries_registry_cases_registry_case` FOREIGN KEY (`case_id`) REFERENCES `registry_cases` (`id`) ON DELETE NO ACTION
);
-- Create index "registryentry_activity_id" to table: "registry_entries"
CREATE UNIQUE INDEX `registryentry_activity_id` ON `registry_entries` (`activity_id`);
-- Create "registry_rows" table
CREATE TABLE `registry_rows` (
  `id` text NOT NULL,
  `order_number` text NOT NULL DEFAULT (''),
  `source_updated_at` datetime NOT NULL,
  `recorded_at` datetime NOT NULL,
  `sequence` integer NOT NULL,
  `record_id` text NOT NULL,
  `content_sha256` blob NOT NULL,
  `order_kind` text NOT NULL,
  `addresses_confidential` bool NOT NULL DEFAULT (false),
  `case_id` text NOT NULL,
  PRIMARY KEY (`id`),
  CONSTRAINT `registry_rows_registry_cases_registry_case` FOREIGN KEY (`case_id`) REFERENCES `registry_cases` (`id`) ON DELETE NO ACTION
);
-- Create index "registryrow_case_id_order_number_source_updated_at" to table: "registry_rows"
CREATE INDEX `registryrow_case_id_order_number_source_updated_at` ON `registry_rows` (`case_id`, `order_number`, `source_updated_at`);
-- Create "respondents" table
CREATE TABLE `respondents` (
  `id` text NOT NULL,
  `first_name` text NOT NULL,
  `last_name` text NOT NULL,
  `case_id` text NOT NULL,
  `row_id` text NOT NULL,
  PRIMARY KEY (`id`),
  CONSTRAINT `respondents_registry_cases_registry_case` FOREIGN KEY (`case_id`) REFERENCES `registry_cases` (`id`) ON DELETE NO ACTION,
  CONSTRAINT `respondents_registry_rows_row` FOREIGN KEY (`row_id`) REFERENCES `registry_rows` (`id`) ON DELETE NO ACTION
);
-- Create index "respondent_case_id" to table: "respondents"
CREATE INDEX `respondent_case_id` ON `respondents` (`case_id`);
-- Create index "respondent_row_id" to table: "respondents"
CREATE INDEX `respondent_row_id` ON `respondents` (`row_id`);
-- Create "service_activities" table
CREATE TABLE `service_activities` (
  `id` text NOT NULL,
  `sequence` integer NOT NULL,
  `kind` text NOT NULL,
  `occurred_at` datetime NOT NULL,
  `recorded_at` datetime NOT NULL,
  `account_id` text NOT NULL,
  `recorded_by_name` text NOT NULL,
  `recorded_by_role` text NOT NULL,
  `idempotency_key` text NOT NULL,
  `content_sha256` blob NOT NULL,
  `note` text NULL,
  `method` text NULL,
  `police_assistance_requested` bool NULL,
  `recorded_late` bool NULL,
  `recording_delay_minutes` integer NULL,
  `reason` text NULL,
  `detail` text NULL,
  `no_further_attempt` bool NOT NULL DEFAULT (false),
  `writ_date` text NULL,
  `from_officer_id` text NULL,
  `to_officer_id` text NULL,
  `to_officer_name` text NOT NULL DEFAULT (''),
  `about` json NULL,
  `text` text NULL,
  `corrects_id` text NULL,
  `correction_reason` text NULL,
  `withdrawal_reason` text NULL,
  `reported_via` text NULL,
  `reported_at` datetime NULL,
  `device_submitted_at` datetime NULL,
  `device_sent_at` datetime NULL,
  `case_id` text NOT NULL,
  `officer_id` text NOT NULL,
  PRIMARY KEY (`id`),
  CONSTRAINT `service_activities_registry_cases_registry_case` FOREIGN KEY (`case_id`) REFERENCES `registry_cases` (`id`) ON DELETE NO ACTION,
  CONSTRAINT `service_activities_officers_officer` FOREIGN KEY (`officer_id`) REFERENCES `officers` (`id`) ON DELETE NO ACTION
);
-- Create index "serviceactivity_case_id_sequence" to table: "service_activities"
CREATE UNIQUE INDEX `serviceactivity_case_id_sequence` ON `service_activities` (`case_id`, `sequence`);
-- Create index "serviceactivity_account_id_idempotency_key" to table: "service_activities"
CREATE UNIQUE INDEX `serviceactivity_account_id_idempotency_key` ON `service_activities` (`account_id`, `idempotency_key`);
-- Create index "serviceactivity_corrects_id" to table: "service_activities"
CREATE UNIQUE INDEX `serviceactivity_corrects_id` ON `service_activities` (`corrects_id`);
-- Create index "serviceactivity_officer_id_recorded_at_id" to table: "service_activities"
CREATE INDEX `serviceactivity_officer_id_recorded_at_id` ON `service_activities` (`officer_id`, `recorded_at`, `id`);
-- Create index "serviceactivity_to_officer_id" to table: "service_activities"
CREATE INDEX `serviceactivity_to_officer_id` ON `service_activities` (`to_officer_id`);
-- Create index "serviceactivity_recorded_at_id" to table: "service_activities"
CREATE INDEX `serviceactivity_recorded_at_id` ON `service_activities` (`recorded_at`, `id`);
-- Create "settings" table
CREATE TABLE `settings` (
  `id` text NOT NULL,
  `value` text NOT NULL,
  PRIMARY KEY (`id`)
);
-- Create "switch_answers" table
CREATE TABLE `switch_answers` (
  `id` text NOT NULL,
  `control_number` text NOT NULL DEFAULT (''),
  `kind` text NOT NULL DEFAULT (''),
  `why` text NOT NULL,
  `raw` text NOT NULL,
  `received_at` datetime NOT NULL,
  PRIMARY KEY (`id`)
);
-- Create index "switchanswer_received_at_id" to table: "switch_answers"
CREATE INDEX `switchanswer_received_at_id` ON `switch_answers` (`received_at`, `id`);
-- Create "towns" table
CREATE TABLE `towns` (
  `id` text NOT NULL,
  `number` integer NOT NULL,
  `name` text NOT NULL,
  `county` text NOT NULL,
  `judicial_district` text NOT NULL,
  `troop` text NOT NULL,
  PRIMARY KEY (`id`)
);
-- Create index "towns_number_key" to table: "towns"
CREATE UNIQUE INDEX `towns_number_key` ON `towns` (`number`);
-- Create "transfer_acknowledgements" table
CREATE TABLE `transfer_acknowledgements` (
  `id` text NOT NULL,
  `activity_id` text NOT NULL,
  `account_id` text NOT NULL,
  `acknowledged_at` datetime NOT NULL,
  `case_id` text NOT NULL,
  PRIMARY KEY (`id`),
  CONSTRAINT `transfer_acknowledgements_registry_cases_registry_case` FOREIGN KEY (`case_id`) REFERENCES `registry_cases` (`id`) ON DELETE NO ACTION
);
-- Create index "transferacknowledgement_activity_id" to table: "transfer_acknowledgements"
CREATE UNIQUE INDEX `transferacknowledgement_activity_id` ON `transfer_acknowledgements` (`activity_id`);
-- Create "unrouted_addresses" table
CREATE TABLE `unrouted_addresses` (
  `id` text NOT NULL,
  `activity_id` text NOT NULL,
  `address_key` text NOT NULL DEFAULT (''),
  `reason` text NOT NULL,
  `suggestion` text NOT NULL DEFAULT (''),
  `noticed_at` datetime NOT NULL,
  `resolved_at` datetime NULL,
  `case_id` text NOT NULL,
  PRIMARY KEY (`id`),
  CONSTRAINT `unrouted_addresses_registry_cases_registry_case` FOREIGN KEY (`case_id`) REFERENCES `registry_cases` (`id`) ON DELETE NO ACTION
);
-- Create index "unroutedaddress_activity_id_address_key" to table: "unrouted_addresses"
CREATE UNIQUE INDEX `unroutedaddress_activity_id_address_key` ON `unrouted_addresses` (`activity_id`, `address_key`);
-- Create index "unroutedaddress_case_id" to table: "unrouted_addresses"
CREATE INDEX `unroutedaddress_case_id` ON `unrouted_addresses` (`case_id`);
-- Create index "unroutedaddress_resolved_at_noticed_at" to table: "unrouted_addresses"
CREATE INDEX `unroutedaddress_resolved_at_noticed_at` ON `unrouted_addresses` (`resolved_at`, `noticed_at`);
-- Create "waiting_rows" table
CREATE TABLE `waiting_rows` (
  `id` text NOT NULL,
  `docket` text NOT NULL,
  `order_number` text NOT NULL DEFAULT (''),
  `source_updated_at` datetime NOT NULL,
  `received_at` datetime NOT NULL,
  `row` blob NOT NULL,
  PRIMARY KEY (`id`)
);
-- Create index "waitingrow_docket_order_number" to table: "waiting_rows"
CREATE UNIQUE INDEX `waitingrow_docket_order_number` ON `waiting_rows` (`docket`, `order_number`);
