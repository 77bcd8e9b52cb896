"""Words of a question that are not what the course is about."""

# Words of a question that say nothing about a course. PostgreSQL's own list has the rest ("the", "and").
EMPTY = frozenset(
    "want wants wanted wanna like love would become becoming being get getting learn learning study studying about "
    "job jobs career careers course courses class classes lesson lessons near me my mine thing things stuff please "
    "best good where what which how can could do does doing dont much really looking find finding need needs help "
    "some any something anything im ive id son daughter child kid old know thinking interested enjoy enjoys into go "
    "there available local offer who that is are i we he she they loves loved likes liked hates hate hes shes theyre "
    "cant doesnt didnt isnt wont wouldnt n u ur r idk tbh plz pls smth gonna gotta kinda bit lot lots loads make sit "
    "hi hello legally actually maybe probably currently soon after next year pupil pupils leaver leavers teenager "
    "boy girl much".split()
)
# Words that say what kind of course it is: left out when nothing has them as well as the subject.
KIND = frozenset(
    "college school sixth form diploma certificate award btec nvq gcse gcses alevel aslevel tlevel hnc hnd "
    "qualification apprenticeship apprenticeships apprentice traineeship resit resits resitting retake retakes "
    "retaking training work working works level1 level2 level3 level4 level5 level6 level7 level8 beginner beginners "
    "intermediate advanced introduction foundation internship internships".split()
) | {"supported internship", "supported internships"}
