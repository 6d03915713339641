-- Run once by the postgres image on an empty volume: the pipeline's own database beside Airflow's.
CREATE DATABASE chuyenhoa;
