//! How well letters reach an address, as Mailman counts it: one point for each day on which a letter came back for good,
//! half a point for a full mailbox; five points within reach of each other suspend the address. Pure arithmetic.

use crate::limits;

/// What is known of an address.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Reach {
    /// In half points.
    pub half_points: u32,
    /// Number of the day since 1970 on which the last of them came.
    pub day: i64,
    pub suspended: bool,
}

impl Reach {
    /// One more letter came back, worth so many half points. The first of a day counts; what lies too far back does not.
    pub fn after(self, half_points: u8, today: i64) -> Reach {
        let apart = today.abs_diff(self.day);
        let is_counted = self.half_points > 0 && apart == 0;
        if half_points == 0 || self.suspended || is_counted {
            return self;
        }
        let so_far = if apart > limits::BOUNCE_STALE_DAYS.unsigned_abs() { 0 } else { self.half_points };
        let half_points = so_far + u32::from(half_points);
        Reach { half_points, day: today, suspended: half_points >= 2 * limits::BOUNCE_SCORE }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn after(days: &[(i64, u8)]) -> Reach {
        days.iter().fold(Reach::default(), |reach, (day, half)| reach.after(*half, *day))
    }

    #[test]
    fn the_fifth_point_suspends_and_the_fourth_does_not() {
        let four = after(&[(100, 2), (101, 2), (102, 2), (103, 2)]);
        assert_eq!((four.half_points, four.suspended), (8, false));
        assert_eq!((four.after(1, 104).half_points, four.after(1, 104).suspended), (9, false));
        let five = four.after(2, 104);
        assert_eq!((five.half_points, five.suspended), (10, true));
        assert_eq!(five.after(2, 105), five, "who is suspended is counted no further");
    }

    #[test]
    fn a_day_counts_once() {
        let one = after(&[(100, 2)]);
        assert_eq!(after(&[(100, 2), (100, 2), (100, 1)]), one);
        assert_eq!(one.after(0, 101), one, "what is nobody's fault counts nothing");
    }

    #[test]
    fn points_go_stale_after_a_week() {
        let four = after(&[(100, 2), (101, 2), (102, 2), (103, 2)]);
        for (day, half_points) in [(109, 10), (110, 10), (111, 2), (112, 2)] {
            assert_eq!(four.after(2, day).half_points, half_points, "day {day}");
        }
        // a clock that was wrong for a while
        assert_eq!(four.after(2, 95).half_points, 2);
        assert_eq!(four.after(2, i64::MIN).half_points, 2);
    }

    #[test]
    fn ten_days_with_a_full_mailbox_suspend() {
        let days: Vec<(i64, u8)> = (100..109).map(|day| (day, 1)).collect();
        assert!(!after(&days).suspended);
        assert!(after(&days).after(1, 109).suspended);
    }
}
