-- +goose Up
CREATE INDEX `hearing_scheduled_for_case_id` ON `hearings` (`scheduled_for`, `case_id`);
CREATE INDEX `journalrecord_recorded_at_id` ON `journal_records` (`recorded_at`, `id`);
