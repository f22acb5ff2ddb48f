def fix_for(rule): return ""
