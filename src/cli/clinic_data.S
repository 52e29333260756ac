# The clinic/ folder of the repository: demo, template and fixture in one copy.
    .section .rodata
    .global codman_clinic_tar
    .global codman_clinic_tar_end
codman_clinic_tar:
    .incbin "clinic.tar"
codman_clinic_tar_end:
    .byte 0
    .section .note.GNU-stack,"",@progbits
