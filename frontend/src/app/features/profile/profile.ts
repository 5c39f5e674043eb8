import { ChangeDetectionStrategy, Component, inject, viewChild } from '@angular/core';
import { RouterLink } from '@angular/router';

import { Session } from '@core/auth/session';
import { HasUnsavedChanges, confirmBeforeUnload } from '@shared/unsaved-changes';
import { Appearance } from './appearance';
import { DeviceSessions } from './device-sessions';
import { EmailLanguage } from './email-language';
import { OwnPicture } from './own-picture';
import { ProfileDetails } from './profile-details';
import { SignInDetails } from './sign-in-details';
import { TeachingRequest } from './teaching-request';
import { YourData } from './your-data';

/** The current user's profile, sign-in details, sessions, and data. */
@Component({
  selector: 'lms-profile',
  imports: [
    RouterLink,
    Appearance,
    DeviceSessions,
    EmailLanguage,
    OwnPicture,
    ProfileDetails,
    SignInDetails,
    TeachingRequest,
    YourData,
  ],
  changeDetection: ChangeDetectionStrategy.OnPush,
  styleUrl: './profile.scss',
  templateUrl: './profile.html',
})
export class Profile implements HasUnsavedChanges {
  protected readonly session = inject(Session);
  private readonly details = viewChild(ProfileDetails);
  private readonly signInDetails = viewChild(SignInDetails);

  constructor() {
    confirmBeforeUnload(this);
  }

  hasUnsavedChanges(): boolean {
    const forms = [this.details(), this.signInDetails()];
    return this.session.isSignedIn() && forms.some(form => form?.hasUnsavedChanges());
  }
}
