-- +goose Up
-- Written by hand: new columns may be null, so no table is copied.
ALTER TABLE `deliveries` ADD COLUMN `due_item_id` text NULL;
ALTER TABLE `registry_cases` ADD COLUMN `transfer_id` text NULL;
ALTER TABLE `registry_cases` ADD COLUMN `transfer_work` text NULL;
ALTER TABLE `registry_cases` ADD COLUMN `transfer_at` datetime NULL;
ALTER TABLE `service_activities` ADD COLUMN `reported_respondent` text NOT NULL DEFAULT ('');
CREATE UNIQUE INDEX `delivery_due_item_id_recipient_key` ON `deliveries` (`due_item_id`, `recipient_key`);
CREATE INDEX `delivery_state_due_by_id` ON `deliveries` (`state`, `due_by`, `id`);
CREATE INDEX `registrycase_service_status_hearing_sort_id` ON `registry_cases` (`service_status`, `hearing_sort`, `id`);
CREATE INDEX `registrycase_transfer_work_transfer_at_id` ON `registry_cases` (`transfer_work`, `transfer_at`, `id`);
CREATE INDEX `serviceactivity_kind_recorded_at_id` ON `service_activities` (`kind`, `recorded_at`, `id`);
CREATE INDEX `serviceactivity_recorded_late_recorded_at_id` ON `service_activities` (`recorded_late`, `recorded_at`, `id`);
CREATE TABLE `agency_assignments` (`id` text NOT NULL, `reason` text NOT NULL DEFAULT (''), `place_key` text NOT NULL DEFAULT (''), `agency_id` text NOT NULL, `account_id` text NOT NULL, `assigned_by_name` text NOT NULL, `why` text NOT NULL, `assigned_at` datetime NOT NULL, `case_id` text NOT NULL, PRIMARY KEY (`id`), CONSTRAINT `agency_assignments_registry_cases_registry_case` FOREIGN KEY (`case_id`) REFERENCES `registry_cases` (`id`) ON DELETE NO ACTION);
CREATE INDEX `agencyassignment_case_id` ON `agency_assignments` (`case_id`);
CREATE TABLE `delivery_decisions` (`id` text NOT NULL, `delivery_id` text NOT NULL, `kind` text NOT NULL, `account_id` text NOT NULL, `decided_by_name` text NOT NULL, `reason` text NOT NULL, `decided_at` datetime NOT NULL, `case_id` text NOT NULL, PRIMARY KEY (`id`), CONSTRAINT `delivery_decisions_registry_cases_registry_case` FOREIGN KEY (`case_id`) REFERENCES `registry_cases` (`id`) ON DELETE NO ACTION);
CREATE INDEX `deliverydecision_delivery_id_decided_at` ON `delivery_decisions` (`delivery_id`, `decided_at`);
CREATE TABLE `due_items` (`id` text NOT NULL, `sequence` integer NOT NULL, `rule` text NOT NULL, `about_key` text NOT NULL, `hearing_at` datetime NULL, `due_at` datetime NOT NULL, `noticed_at` datetime NOT NULL, `case_id` text NOT NULL, PRIMARY KEY (`id`), CONSTRAINT `due_items_registry_cases_registry_case` FOREIGN KEY (`case_id`) REFERENCES `registry_cases` (`id`) ON DELETE NO ACTION);
CREATE UNIQUE INDEX `dueitem_case_id_rule_about_key` ON `due_items` (`case_id`, `rule`, `about_key`);
CREATE INDEX `dueitem_noticed_at_id` ON `due_items` (`noticed_at`, `id`);
CREATE TABLE `reviews` (`id` text NOT NULL, `activity_id` text NOT NULL, `account_id` text NOT NULL, `reviewed_by_name` text NOT NULL, `note` text NULL, `reviewed_at` datetime NOT NULL, `case_id` text NOT NULL, PRIMARY KEY (`id`), CONSTRAINT `reviews_registry_cases_registry_case` FOREIGN KEY (`case_id`) REFERENCES `registry_cases` (`id`) ON DELETE NO ACTION);
CREATE UNIQUE INDEX `review_activity_id` ON `reviews` (`activity_id`);
