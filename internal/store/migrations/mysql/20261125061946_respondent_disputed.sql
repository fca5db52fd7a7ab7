-- +goose Up
ALTER TABLE `registry_cases` ADD COLUMN `respondent_disputed` bool NOT NULL DEFAULT false, ADD INDEX `registrycase_respondent_disputed_hearing_sort_id` (`respondent_disputed`, `hearing_sort`, `id`);
ALTER TABLE `reviews` ADD COLUMN `right_case` bool NOT NULL DEFAULT false, DROP INDEX `review_activity_id`, ADD UNIQUE INDEX `review_activity_id_right_case` (`activity_id`, `right_case`);
ALTER TABLE `service_activities` ADD COLUMN `on_provisional` bool NOT NULL DEFAULT false;
UPDATE `service_activities` `a` JOIN `registry_cases` `c` ON `c`.`id` = `a`.`case_id` SET `a`.`on_provisional` = true, `a`.`reported_respondent` = IF(`a`.`reported_respondent` = '', CONCAT(`c`.`respondent_first_name`, ' ', `c`.`respondent_last_name`), `a`.`reported_respondent`) WHERE `a`.`reported_via` IS NOT NULL AND `c`.`provisional`;
