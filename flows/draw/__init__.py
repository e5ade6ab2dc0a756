"""From shapes to drawings: Mermaid flowcharts and tables."""
