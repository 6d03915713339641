"""What Airflow needs of us: milestone timetable, inbox trigger, approval form, local launcher."""
