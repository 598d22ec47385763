package poll

import "golang.org/x/sys/unix"

// Types of statfs(2) that linux/magic.h does not have or golang.org/x/sys lacks.
const (
	magicZFS    = 0x2FC12FC1
	magicCIFS   = 0xFF534D42
	magicVboxsf = 0x786F4256
	magicHgfs   = 0xBACBACBC
	magicLustre = 0x0BD00BD0
	magicGPFS   = 0x47504653
)

// ClassOf says what events are worth on the file system of a directory.
func ClassOf(dir string) Class {
	var st unix.Statfs_t
	if err := unix.Statfs(dir, &st); err != nil {
		return Class{}
	}
	// The field is a signed number of 32 or 64 bits; the types have 32.
	switch uint32(st.Type) {
	case unix.EXT4_SUPER_MAGIC, unix.XFS_SUPER_MAGIC, unix.BTRFS_SUPER_MAGIC, unix.TMPFS_MAGIC,
		unix.F2FS_SUPER_MAGIC, unix.RAMFS_MAGIC, magicZFS:
		return Class{local: true}
	case unix.NFS_SUPER_MAGIC:
		return Class{Remote: "NFS"}
	case unix.SMB_SUPER_MAGIC, unix.SMB2_SUPER_MAGIC, magicCIFS:
		return Class{Remote: "SMB"}
	case unix.V9FS_MAGIC:
		return Class{Remote: "9p"}
	case unix.FUSE_SUPER_MAGIC:
		return Class{Remote: "FUSE"}
	case unix.CEPH_SUPER_MAGIC:
		return Class{Remote: "Ceph"}
	case unix.AFS_SUPER_MAGIC, unix.AFS_FS_MAGIC:
		return Class{Remote: "AFS"}
	case magicVboxsf, magicHgfs:
		return Class{Remote: "shared folder"}
	case magicLustre:
		return Class{Remote: "Lustre"}
	case magicGPFS:
		return Class{Remote: "GPFS"}
	}
	return Class{}
}
