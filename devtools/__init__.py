"""What only developers and the demo use: a local Airflow, the sample data, the first document templates."""
