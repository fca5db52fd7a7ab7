-- +goose Up
ALTER TABLE `hearings` ADD INDEX `hearing_scheduled_for_case_id` (`scheduled_for`, `case_id`);
ALTER TABLE `journal_records` ADD INDEX `journalrecord_recorded_at_id` (`recorded_at`, `id`);
