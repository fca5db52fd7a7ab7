-- +goose Up
ALTER TABLE `registry_cases` ADD COLUMN `respondent_disputed` bool NOT NULL DEFAULT (false);
CREATE INDEX `registrycase_respondent_disputed_hearing_sort_id` ON `registry_cases` (`respondent_disputed`, `hearing_sort`, `id`);
ALTER TABLE `reviews` ADD COLUMN `right_case` bool NOT NULL DEFAULT (false);
DROP INDEX `review_activity_id`;
CREATE UNIQUE INDEX `review_activity_id_right_case` ON `reviews` (`activity_id`, `right_case`);
ALTER TABLE `service_activities` ADD COLUMN `on_provisional` bool NOT NULL DEFAULT (false);
UPDATE `service_activities` SET `on_provisional` = true, `reported_respondent` = CASE `reported_respondent` WHEN '' THEN (SELECT `respondent_first_name` || ' ' || `respondent_last_name` FROM `registry_cases` WHERE `id` = `service_activities`.`case_id`) ELSE `reported_respondent` END WHERE `reported_via` IS NOT NULL AND `case_id` IN (SELECT `id` FROM `registry_cases` WHERE `provisional`);
